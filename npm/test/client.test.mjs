// What the browser knows of its session.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { appBasePath } from '../dist/base_path.js';
import { browserEnvironment } from '../dist/client/environment.js';
import { FakeBrowser } from './support/fake_browser.mjs';
import { open, session } from './support/client_tab.mjs';

test('without a session from the page the server is asked once, user included', async () => {
  const browser = new FakeBrowser();
  browser.server.session = session(browser);
  const { store } = open(browser);
  assert.equal(store.getSnapshot().status, 'loading');
  await browser.pass(0);
  const { status, data, expiresAt } = store.getSnapshot();
  assert.equal(status, 'authenticated');
  assert.deepEqual(data.user, { name: 'ada' });
  assert.equal(data.expires, new Date(expiresAt).toISOString());
  assert.deepEqual(browser.server.asked, ['/api/session?user=1']);
});

test('several components cause one status request, and update() of them all one more than of one', async () => {
  const browser = new FakeBrowser();
  browser.server.session = session(browser);
  const { store } = open(browser);
  for (let i = 0; i < 5; i++) store.subscribe(() => {});
  await browser.pass(0);
  assert.equal(browser.server.asked.length, 1);
  const answers = [1, 2, 3].map(() => store.refetch());
  await browser.pass(0);
  await Promise.all(answers);
  // The one that ran may be older than what the others have seen.
  assert.equal(browser.server.asked.length, 3);
});

test('with a session from the page nothing is asked before the deadline', async () => {
  const browser = new FakeBrowser();
  const initialSession = session(browser);
  browser.server.session = { ...initialSession, expiresAt: browser.now + 200_000 };
  const { store } = open(browser, { initialSession, initialUser: { name: 'Ada' } });
  assert.equal(store.getSnapshot().status, 'authenticated');
  await browser.pass(59_000);
  assert.deepEqual(browser.server.asked, []);
  await browser.pass(2000);
  assert.deepEqual(browser.server.asked, ['/api/session'], 'the user is known already');
  assert.deepEqual(store.getSnapshot().data.user, { name: 'Ada' });
  assert.equal(store.getSnapshot().expiresAt, browser.server.session.expiresAt);
});

test('user data is asked for again only when the session is another one or has changed', async () => {
  const browser = new FakeBrowser();
  browser.server.session = session(browser);
  const { store } = open(browser);
  await browser.pass(0);
  await store.check();
  await store.check();
  browser.server.session = session(browser, { revision: 2 });
  await store.check();
  browser.server.session = session(browser, { id: 's2', userId: 'ben' });
  await store.check();
  const withUser = browser.server.asked.filter((path) => path.includes('user=1'));
  assert.equal(withUser.length, 3);
  assert.deepEqual(store.getSnapshot().data.user, { name: 'ben' });
});

test('refetch asks for the user of a session that has not changed, also when it has to try twice', async () => {
  const browser = new FakeBrowser();
  const initialSession = session(browser);
  browser.server.session = { ...initialSession, userId: 'Ada L.' };
  const { store } = open(browser, { initialSession, initialUser: { name: 'ada' } });
  await store.recheck();
  assert.deepEqual(store.getSnapshot().data.user, { name: 'ada' });
  browser.server.broken = 503;
  await store.refetch();
  browser.server.broken = null;
  await browser.pass(2000);
  assert.deepEqual(store.getSnapshot().data.user, { name: 'Ada L.' });
  assert.deepEqual(browser.server.asked, ['/api/session', '/api/session?user=1', '/api/session?user=1']);
});

test('what a page says of a newer revision is taken at once, and of an older one never', async () => {
  const browser = new FakeBrowser();
  const initialSession = session(browser);
  browser.server.session = initialSession;
  const { store } = open(browser, { initialSession, initialUser: { name: 'ada' } });
  store.hinted(session(browser, { revision: 3, expiresAt: browser.now + 90_000 }), { name: 'Ada' });
  const { data, expiresAt } = store.getSnapshot();
  assert.deepEqual([data.user, data.revision, expiresAt], [{ name: 'Ada' }, 3, browser.now + 90_000]);
  store.hinted(session(browser, { revision: 2 }), { name: 'A.' });
  store.hinted(session(browser, { revision: 3 }), { name: 'Ada' });
  await browser.pass(0);
  assert.deepEqual(store.getSnapshot().data.user, { name: 'Ada' });
  assert.deepEqual(browser.server.asked, []);
});

test('other user data of the same revision is a reason to ask, once', async () => {
  const browser = new FakeBrowser();
  const initialSession = session(browser);
  browser.server.session = { ...initialSession, userId: 'Ada' };
  const { store } = open(browser, { initialSession, initialUser: { name: 'ada' } });
  store.hinted(session(browser), { name: 'ada' });
  await browser.pass(0);
  assert.deepEqual(browser.server.asked, []);
  store.hinted(session(browser), { name: 'Ada' });
  await browser.pass(0);
  store.hinted(session(browser), { name: 'Ada' });
  await browser.pass(0);
  assert.deepEqual(browser.server.asked, ['/api/session?user=1']);
  assert.deepEqual(store.getSnapshot().data.user, { name: 'Ada' });
});

test('a reason in the address is believed only of a session this browser had', async () => {
  const browser = new FakeBrowser();
  browser.search = '?reason=expired';
  const visitor = open(browser, { initialSession: null });
  await browser.pass(0);
  assert.deepEqual(visitor.told, []);
  assert.equal(visitor.store.getSnapshot().reason, null);
  visitor.stop();
  browser.storage.set('latchkey.last', JSON.stringify({ id: 's1', expiresAt: browser.now + 9e9 }));
  const known = open(browser, { initialSession: null });
  await browser.pass(0);
  assert.deepEqual(known.told, ['expired']);
});

test('what stands in the storage may be anything', async () => {
  for (const value of ['{', 'null', '1', '[]', '{"id":1}', '{"id":"x"}']) {
    const browser = new FakeBrowser();
    browser.storage.set('latchkey.last', value);
    browser.search = '?reason=revoked';
    const { told } = open(browser, { initialSession: null });
    await browser.pass(0);
    assert.deepEqual(told, [], value);
  }
});

for (const broken of ['offline', 'nonsense', 500, 503, 404]) {
  test(`an answer that is ${broken} ends nothing and is asked for again, ever more rarely`, async () => {
    const browser = new FakeBrowser();
    browser.server.session = session(browser, { expiresAt: browser.now + 1000 });
    const { store, told, ended } = open(browser);
    await browser.pass(0);
    browser.server.broken = broken;
    browser.server.asked = [];
    await browser.pass(600_000);
    assert.equal(store.getSnapshot().status, 'authenticated');
    assert.deepEqual([told, ended], [[], []]);
    const { length } = browser.server.asked;
    assert.ok(length > 5 && length < 20, `asked ${length} times in ten minutes`);
    browser.server.broken = null;
    browser.server.session = null;
    browser.server.reason = 'expired';
    await browser.pass(61_000);
    assert.deepEqual(told, ['expired']);
  });
}

test('a browser that is offline is not even asked, unless told so', async () => {
  const browser = new FakeBrowser();
  browser.online = false;
  const { store } = open(browser, { initialSession: null });
  await store.check();
  assert.deepEqual(browser.server.asked, []);
  const eager = open(browser, { initialSession: null, refetchWhenOffline: true });
  await eager.store.check();
  assert.equal(browser.server.asked.length, 1);
});

test('questions at the same time are one', async () => {
  const browser = new FakeBrowser();
  const { store, tab } = open(browser, { initialSession: null });
  store.navigated();
  tab.seen('focus');
  tab.seen('show');
  await store.check();
  assert.equal(browser.server.asked.length, 1);
});

test('focus and navigation ask only where that is wanted', async () => {
  const browser = new FakeBrowser();
  const quiet = { initialSession: null, refetchOnWindowFocus: false, refetchOnNavigation: false };
  const { store, tab } = open(browser, quiet);
  store.navigated();
  tab.seen('focus');
  await browser.pass(0);
  assert.deepEqual(browser.server.asked, []);
  tab.seen('show');
  await browser.pass(0);
  assert.equal(browser.server.asked.length, 1, 'a page out of the cache always asks');
});

test('TS22: at the very deadline the session has expired, a millisecond before it was ended', async () => {
  for (const [early, reason] of [[0, 'expired'], [1, 'signed-out']]) {
    const browser = new FakeBrowser();
    browser.server.session = session(browser);
    const { store, told } = open(browser);
    await browser.pass(0);
    browser.server.session = null; // the browser has dropped the cookie, so nobody says why
    browser.now += 60_000 - early;
    await store.check();
    assert.equal(store.getSnapshot().reason, reason, String(early));
    assert.deepEqual(told, early === 0 ? ['expired'] : []);
  }
});

test('N6: below a base path of Next.js the route is below it too, and a given path is taken as it is', async (t) => {
  t.after(() => delete process.env.__NEXT_ROUTER_BASEPATH);
  process.env.__NEXT_ROUTER_BASEPATH = '/app';
  const browser = new FakeBrowser();
  browser.server.session = session(browser);
  const { store } = open(browser);
  await browser.pass(0);
  await store.renew();
  assert.deepEqual(browser.server.asked.slice(0, 2), ['/app/api/session?user=1', '/app/api/session/renew']);
  const own = open(browser, { basePath: '/elsewhere' });
  await browser.pass(0);
  assert.equal(browser.server.asked.at(-1), '/elsewhere?user=1');
  own.stop();
});

test('N6: without a bundler of Next.js there may be no `process` at all', (t) => {
  const { process } = globalThis;
  t.after(() => (globalThis.process = process));
  delete globalThis.process;
  const path = appBasePath();
  globalThis.process = process;
  assert.equal(path, '');
});

test('a warning comes once before the end, and polls stop with the session', async () => {
  const browser = new FakeBrowser();
  browser.server.session = session(browser);
  const { store } = open(browser, { warnBefore: 20, refetchInterval: 15 });
  const warned = [];
  store.onWarn((seconds) => warned.push([seconds, browser.now]));
  await browser.pass(0);
  const asked = browser.server.asked.length;
  await browser.pass(59_000);
  assert.deepEqual(warned, [[20, 1_040_000]]);
  assert.equal(browser.server.asked.length - asked, 3);
  browser.server.session = null;
  await browser.pass(2000);
  browser.server.asked = [];
  await browser.pass(100_000);
  assert.deepEqual(browser.server.asked, []);
});

test('the deadline follows the clock of the server', async () => {
  const browser = new FakeBrowser();
  browser.server.session = session(browser);
  const { store } = open(browser);
  const answer = browser.server.answer.bind(browser.server);
  browser.server.answer = (path, now) => answer(path, now + 50_000);
  await store.check();
  browser.server.asked = [];
  await browser.pass(11_000);
  assert.equal(browser.server.asked.length, 1);
});

test('started twice and stopped twice, as React does it, it runs once and then not at all', async () => {
  const browser = new FakeBrowser();
  const { store, tab, stop } = open(browser, { initialSession: null });
  const again = store.start();
  stop();
  stop();
  assert.notEqual(tab.seen, null);
  again();
  assert.equal(tab.seen, null);
  assert.equal(tab.heard, null);
  await browser.pass(100_000);
  assert.equal(tab.timers.size, 0);
});

test('setUser changes what is known of the user and tells those who listen', async () => {
  const browser = new FakeBrowser();
  const { store } = open(browser, { initialSession: session(browser), initialUser: { name: 'a' } });
  let calls = 0;
  const unsubscribe = store.subscribe(() => (calls += 1));
  store.setUser({ name: 'b' });
  assert.deepEqual(store.getSnapshot().data.user, { name: 'b' });
  unsubscribe();
  store.setUser(null);
  assert.equal(calls, 1);
  assert.equal(store.getSnapshot().status, 'authenticated');
});

test('a timer of more days than browsers can wait fires when it is due, and can be undone', (t) => {
  t.mock.timers.enable({ apis: ['setTimeout'] });
  const longest = 2 ** 31 - 1;
  const { later } = browserEnvironment();
  const call = t.mock.fn();
  const never = t.mock.fn();
  later(2 * longest + 10, call);
  const undo = later(2 * longest + 10, never);
  t.mock.timers.tick(longest);
  undo();
  t.mock.timers.tick(longest);
  t.mock.timers.tick(9);
  assert.equal(call.mock.callCount(), 0);
  t.mock.timers.tick(1);
  assert.equal(call.mock.callCount(), 1);
  t.mock.timers.tick(2 * longest + 10);
  assert.deepEqual([call.mock.callCount(), never.mock.callCount()], [1, 0]);
});
