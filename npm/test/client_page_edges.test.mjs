// The page without a framework (docs/browser_client.md), and what latchkey/client asks of a browser.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { currentStore, onCurrentStore, setCurrentStore } from '../dist/client/current.js';
import { browserEnvironment } from '../dist/client/environment.js';
import { EXPIRED_MESSAGE, REVOKED_MESSAGE } from '../dist/client/messages.js';
import { startPage } from '../dist/client/page.js';
import { settle } from './support/fake_browser.mjs';
import { fakePage, scriptOf } from './support/fake_page.mjs';

const HIDDEN = ['none', 'important'];
const ADA = { id: 's1', userId: 'ada', revision: 1, expiresAt: Date.now() + 3_600_000 };
const event = (name, more = {}) => Object.assign(new Event(name), more);
const toastOf = ({ body }) => body.children.map(({ children }) => children[0].textContent);

// Timers of the store stand still: only what the test does happens.
function start(t, options, script) {
  t.mock.timers.enable({ apis: ['setTimeout'] });
  const page = fakePage(t, options);
  const latchkey = startPage(script ?? scriptOf(options?.session));
  const pass = async (by = 1) => {
    t.mock.timers.tick(by);
    await settle();
  };
  return { page, latchkey, pass };
}

test('a private page whose session has ended is hidden and left, once', async (t) => {
  const { page, latchkey, pass } = start(t, { session: ADA, privates: 2 });
  await pass();
  assert.deepEqual([page.moved, page.asked], [[], []]);
  Object.assign(page, { session: null, reason: 'expired' });
  await latchkey.check();
  await pass();
  assert.deepEqual(page.elements.map(({ style }) => style.display), [HIDDEN, HIDDEN]);
  assert.deepEqual(page.moved, ['/training?week=2']);
  assert.deepEqual(toastOf(page), [], 'the next page says it');
  assert.deepEqual([...page.saved], [['latchkey.toast', 'expired'], ['latchkey.reloaded', 's1']]);
  assert.equal(latchkey.session().reason, 'expired');
});

test('a page that comes back with the session that has ended is not left again', async (t) => {
  const { page, latchkey, pass } = start(t, { session: ADA, privates: 1, saved: { 'latchkey.reloaded': 's1' } });
  Object.assign(page, { session: null, reason: 'revoked' });
  await latchkey.check();
  await pass();
  assert.deepEqual([page.elements[0].style.display, page.moved], [HIDDEN, []]);
});

test('a page with nothing private stays, says so, and takes back what the server wrote', async (t) => {
  const { page, latchkey, pass } = start(t, { session: ADA }, scriptOf(ADA, { expiredText: 'Vorbei' }));
  await pass();
  Object.assign(page, { session: null, reason: 'expired' });
  await latchkey.check();
  await pass();
  assert.deepEqual([toastOf(page), page.moved, page.notice.hidden], [['Vorbei'], [], true]);
  const [box] = page.body.children;
  const [message, close] = box.children;
  assert.equal(message.attributes.get('role'), 'status');
  assert.deepEqual([close.type, close.textContent, 'latchkeyToast' in box.dataset], ['button', 'Close', true]);
  assert.ok(box.style.cssText && close.style.cssText);
  close.dispatchEvent(event('click'));
  assert.deepEqual(page.body.children, []);
});

for (const [reason, dataset, text] of [['expired', {}, EXPIRED_MESSAGE], ['revoked', {}, REVOKED_MESSAGE],
  ['revoked', { revokedText: 'Beendet' }, 'Beendet'], ['signed-out', {}, undefined]]) {
  test(`what the page before left to say: ${reason} ${text}`, async (t) => {
    const { page, pass } = start(t, { saved: { 'latchkey.toast': reason }, readyState: 'loading' }, scriptOf(null, dataset));
    await pass();
    assert.deepEqual(toastOf(page), [], 'there is no page yet');
    for (let i = 0; i < 2; i++) page.document.dispatchEvent(event('DOMContentLoaded'));
    await pass();
    assert.deepEqual(toastOf(page), text === undefined ? [] : [text]);
    assert.equal(page.saved.size, 0, 'it is said once');
  });
}

test('another user is no reason to show what was theirs', async (t) => {
  const { page, latchkey, pass } = start(t, { session: ADA, privates: 1 });
  page.session = { ...ADA, revision: 2 };
  await latchkey.check();
  await pass();
  assert.deepEqual([page.moved, page.elements[0].style.display], [[], undefined]);
  page.session = { ...ADA, id: 's2', userId: 'ben' };
  await latchkey.check();
  await pass();
  assert.deepEqual([page.moved, page.elements[0].style.display], [['/training?week=2'], HIDDEN]);
});

test('a page the browser kept is hidden until the server has said that the session lives', async (t) => {
  const { page, pass } = start(t, { session: ADA, privates: 1 });
  await pass();
  const [{ style }] = page.elements;
  page.window.dispatchEvent(event('pageshow', { persisted: false }));
  assert.deepEqual([style.display, page.asked], [undefined, []]);
  for (const status of [200, 503]) {
    page.status = status;
    page.window.dispatchEvent(event('pageshow', { persisted: true }));
    assert.deepEqual(style.display, HIDDEN);
    await pass();
    assert.equal(style.display, undefined, String(status));
  }
  page.kept.set('latchkey.last', JSON.stringify({ id: 's2', expiresAt: ADA.expiresAt }));
  page.window.dispatchEvent(event('pageshow', { persisted: true }));
  assert.deepEqual([style.display, page.moved], [HIDDEN, ['/training?week=2']], 'another session since');
});

test('it asks beside its own address, or where the page says', async (t) => {
  const { page, latchkey } = start(t, { session: ADA });
  await latchkey.renew();
  await latchkey.signOut();
  assert.deepEqual(page.asked, ['POST /auth/v1/session/refresh', 'GET /auth/v1/session/status', 'POST /auth/v1/logout']);
  page.asked = [];
  const told = startPage(scriptOf(ADA, { status: '/s', renew: '/r', logOut: '/o' }));
  await told.renew();
  await told.signOut();
  assert.deepEqual(page.asked, ['POST /r', 'GET /s', 'POST /o']);
});

test('another address of the page asks, by the Navigation API or by Back and Forward', async (t) => {
  const navigation = new EventTarget();
  const modern = start(t, { session: ADA, navigation });
  modern.page.window.dispatchEvent(event('popstate'));
  assert.equal(modern.page.asked.length, 0);
  navigation.dispatchEvent(event('currententrychange'));
  assert.equal(modern.page.asked.length, 1);
  const page = fakePage(t, { session: ADA });
  startPage(scriptOf(ADA));
  page.window.dispatchEvent(event('popstate'));
  assert.equal(page.asked.length, 1);
});

test('without a word of the server, or with nonsense, the server is asked', async (t) => {
  for (const script of [scriptOf(undefined), scriptOf(undefined, { session: '{' })]) {
    t.mock.timers.reset();
    const { page, latchkey, pass } = start(t, { session: ADA }, script);
    assert.equal(latchkey.session().status, 'loading');
    await pass();
    assert.deepEqual([page.asked.length, latchkey.session().data?.userId], [1, 'ada']);
  }
});

test('without storage the page works, and the next one says nothing', async (t) => {
  t.mock.timers.enable({ apis: ['setTimeout'] });
  const page = fakePage(t, { session: ADA, privates: 1 });
  for (const name of ['sessionStorage', 'localStorage']) {
    Object.defineProperty(globalThis, name, { configurable: true, get() { throw new Error('SecurityError'); } });
  }
  const latchkey = startPage(scriptOf(ADA));
  Object.assign(page, { session: null, reason: 'expired' });
  await latchkey.check();
  await settle();
  assert.deepEqual(page.moved, ['/training?week=2']);
  const store = browserEnvironment().shared();
  assert.equal(store.getItem('a'), null);
  store.setItem('a', 'b');
  assert.equal(store.getItem('a'), 'b');
  store.removeItem('a');
  assert.equal(store.getItem('a'), null);
});

test('a browser tells when the page is seen again, and stops telling', (t) => {
  const { document, window } = fakePage(t);
  const seen = [];
  const stop = browserEnvironment().watchPage((how) => seen.push(how));
  const everything = () => {
    for (const visibilityState of ['hidden', 'visible']) {
      Object.assign(document, { visibilityState }).dispatchEvent(event('visibilitychange'));
    }
    for (const persisted of [false, true]) window.dispatchEvent(event('pageshow', { persisted }));
    window.dispatchEvent(event('online'));
  };
  everything();
  assert.deepEqual(seen, ['focus', 'show', 'online']);
  stop();
  everything();
  assert.equal(seen.length, 3);
});

test('tabs hear each other by one channel, or not at all where there is none', (t) => {
  const page = fakePage(t);
  let heard = 0;
  const channel = browserEnvironment().openChannel(() => heard++);
  const [opened] = page.channels;
  opened.onmessage();
  channel.post();
  assert.deepEqual([opened.name, opened.posted, heard, opened.closed], ['latchkey', ['changed'], 1, false]);
  channel.close();
  assert.equal(opened.closed, true);
  globalThis.BroadcastChannel = undefined;
  const none = browserEnvironment().openChannel(() => heard++);
  none.post();
  none.close();
  assert.equal(page.channels.length, 1);
  assert.equal(browserEnvironment().online(), true);
  navigator.onLine = false;
  assert.equal(browserEnvironment().online(), false);
  assert.equal(browserEnvironment().search(), '?week=2');
});

test('code outside of components is told of the store of the page, now and later', () => {
  const told = [];
  const forget = onCurrentStore((store) => told.push(store));
  const store = {};
  setCurrentStore(store);
  assert.equal(currentStore(), store);
  setCurrentStore(null);
  forget();
  setCurrentStore(store);
  setCurrentStore(null);
  assert.deepEqual(told, [null, store, null]);
});
