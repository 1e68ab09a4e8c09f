// What several tabs of one browser know of their session, and how its end is told.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createSessionStore } from 'latchkey/client';
import { FakeBrowser } from './support/fake_browser.mjs';
import { open, session } from './support/client_tab.mjs';

test('the end is told once, in no reload again, and in every open tab', async () => {
  const browser = new FakeBrowser();
  browser.server.session = session(browser);
  const one = open(browser);
  const two = open(browser);
  await browser.pass(0);
  browser.server.session = null;
  browser.server.reason = 'expired';
  await browser.pass(61_000);
  await one.store.check();
  assert.deepEqual([one.told, two.told], [['expired'], ['expired']]);
  assert.deepEqual([one.ended, two.ended], [['expired'], ['expired']]);
  assert.equal(one.store.getSnapshot().reason, 'expired');
  const reloaded = open(browser);
  await browser.pass(0);
  assert.deepEqual(reloaded.told, []);
});

test('a page loaded after the end tells it, also when the browser has dropped the cookie', async () => {
  for (const reason of ['expired', null]) {
    const browser = new FakeBrowser();
    browser.server.session = session(browser);
    const before = open(browser);
    await browser.pass(0);
    before.stop();
    browser.now += 100_000;
    browser.server.session = null;
    browser.server.reason = reason;
    const { told } = open(browser);
    await browser.pass(0);
    assert.deepEqual(told, ['expired'], String(reason));
  }
});

test('a sign-out is seen in the other tab without a word about expiry', async () => {
  const browser = new FakeBrowser();
  browser.server.session = session(browser);
  const one = open(browser);
  const two = open(browser);
  await browser.pass(0);
  await one.store.signOut();
  await browser.pass(200_000);
  assert.deepEqual([one.told, two.told], [[], []]);
  assert.deepEqual([one.ended, two.ended], [['signed-out'], ['signed-out']]);
  assert.equal(two.store.getSnapshot().reason, 'signed-out');
  assert.ok(browser.server.asked.includes('/api/session/logout'));
});

test('a sign-out that fails changes nothing', async () => {
  const browser = new FakeBrowser();
  browser.server.session = session(browser);
  const { store, ended } = open(browser);
  await browser.pass(0);
  browser.server.broken = 503;
  await assert.rejects(store.signOut());
  assert.equal(store.getSnapshot().status, 'authenticated');
  assert.deepEqual(ended, []);
});

test('a login in one tab is seen in the other, and they do not go on telling each other', async () => {
  const browser = new FakeBrowser();
  const one = open(browser, { initialSession: null });
  const two = open(browser, { initialSession: null });
  await browser.pass(0);
  browser.server.session = session(browser);
  one.store.navigated();
  await browser.pass(0);
  assert.equal(two.store.getSnapshot().status, 'authenticated');
  assert.ok(browser.server.asked.length <= 4, browser.server.asked.join(' '));
});

test('a user who has just signed in is shown at once, and a page kept from before shows nobody', async () => {
  const browser = new FakeBrowser();
  const { store } = open(browser, { initialSession: null });
  await browser.pass(0);
  browser.server.session = session(browser);
  store.hinted(session(browser), { name: 'Ada' });
  assert.deepEqual(store.getSnapshot().data.user, { name: 'Ada' });
  await browser.pass(0);
  browser.server.session = null;
  store.navigated();
  await browser.pass(60_000);
  assert.equal(store.getSnapshot().status, 'unauthenticated');
  store.hinted(null);
  store.hinted(session(browser), { name: 'Ada' });
  assert.equal(store.getSnapshot().status, 'unauthenticated');
});

test('who leaves right after signing in is told of the end, too', async () => {
  const browser = new FakeBrowser();
  const { store, stop } = open(browser, { initialSession: null });
  const other = open(browser, { initialSession: null });
  await browser.pass(0);
  browser.server.session = session(browser);
  store.hinted(session(browser));
  stop();
  await browser.pass(0);
  assert.equal(other.store.getSnapshot().status, 'authenticated', 'other tabs hear of it');
  other.stop();
  browser.server.session = null;
  browser.server.reason = 'expired';
  browser.now += 100_000;
  const { told } = open(browser);
  await browser.pass(0);
  assert.deepEqual(told, ['expired']);
  const visitor = new FakeBrowser();
  const { store: nobody } = open(visitor, { initialSession: null });
  nobody.hinted(null);
  assert.deepEqual(visitor.server.asked, []);
});

// Browsers deliver a message later, and a tab never hears its own.
function countPosts(browser, limit) {
  let posts = 0;
  for (const tab of browser.tabs) {
    const { openChannel } = tab.environment;
    tab.environment.openChannel = (heard) => {
      const channel = openChannel(heard);
      return {
        ...channel,
        post: () => {
          posts += 1;
          if (posts > limit) throw new Error(`the tabs have told each other ${posts} times`);
          setImmediate(() => channel.post());
        },
      };
    };
  }
  return () => posts;
}

test('TS18: what one tab tells, another does not tell back: a log-in, a log-out, another session', async () => {
  const browser = new FakeBrowser();
  const tabs = Array.from({ length: 3 }, () => browser.tab());
  const posts = countPosts(browser, 20);
  // Each tab has a storage of its own, as where the browser's is switched off.
  const stores = tabs.map((tab) => {
    const own = new Map();
    tab.environment.shared = () => ({
      getItem: (key) => own.get(key) ?? null,
      setItem: (key, value) => void own.set(key, value),
      removeItem: (key) => void own.delete(key),
    });
    const store = createSessionStore({ initialSession: null, environment: tab.environment });
    store.start();
    return store;
  });
  await browser.pass(0);
  const told = async (change) => {
    const before = posts();
    browser.server.session = change;
    stores[0].navigated();
    await browser.pass(0);
    await browser.pass(0);
    return posts() - before;
  };
  const status = () => stores.map((store) => store.getSnapshot().data?.id ?? null);
  assert.equal(await told(session(browser)), 1);
  assert.deepEqual(status(), ['s1', 's1', 's1']);
  assert.equal(await told(session(browser, { id: 's2', userId: 'ben' })), 1);
  assert.deepEqual(status(), ['s2', 's2', 's2']);
  assert.equal(await told(null), 1);
  assert.deepEqual(status(), [null, null, null]);
});

test('TS21: an end that is learnt while renewing or signing out is an end and no failure', async () => {
  for (const act of ['renew', 'signOut', 'signOutOthers']) {
    const browser = new FakeBrowser();
    browser.server.session = session(browser);
    const { store, ended } = open(browser);
    await browser.pass(0);
    const answer = browser.server.answer.bind(browser.server);
    browser.server.session = null;
    browser.server.reason = 'revoked';
    browser.server.answer = (path, now) => (/\/(renew|logout|logout-others)$/.test(path)
      ? Promise.resolve(Response.json({ error: 'no_session' }, { status: 401 }))
      : answer(path, now));
    await (act === 'signOutOthers' ? store.signOut({ others: true }) : store[act]());
    await browser.pass(0);
    assert.equal(store.getSnapshot().status, 'unauthenticated', act);
    assert.deepEqual(ended, [act === 'signOut' ? 'signed-out' : 'revoked'], act);
  }
});

test('the page after a log-out by a form tells the other tabs, once', async () => {
  const browser = new FakeBrowser();
  const initialSession = session(browser);
  browser.server.session = initialSession;
  const other = open(browser, { initialSession });
  await browser.pass(0);
  browser.server.session = null;
  open(browser, { initialSession: null });
  await browser.pass(0);
  assert.equal(other.store.getSnapshot().status, 'unauthenticated');
  assert.deepEqual(other.ended, ['signed-out']);
  const { length } = browser.server.asked;
  open(browser, { initialSession: null });
  await browser.pass(0);
  assert.equal(browser.server.asked.length, length, 'nobody is told of it again');
});
