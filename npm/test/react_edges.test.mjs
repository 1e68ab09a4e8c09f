// latchkey/react and latchkey/jotai, on a React that is only pretended.
import { element, mount, router } from './support/fake_react.mjs';
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createStore } from 'jotai/vanilla';
import { FakeBrowser } from './support/fake_browser.mjs';

const { getSession, SessionProvider, signOut, useExpired, useExpiryWarning, useSession } = await import('latchkey/react');
const { sessionAtom, useAtomStore, userAtom } = await import('latchkey/jotai');

const session = (browser, more = {}) =>
  ({ id: 's1', userId: 'ada', revision: 1, expiresAt: browser.now + 60_000, ...more });

// A page with the provider around `inside`, which is what a component does with the hooks.
async function open(t, options, inside = () => {}) {
  const browser = new FakeBrowser();
  browser.server.session = options.session === undefined ? session(browser) : options.session;
  const { environment } = browser.tab();
  const Inside = () => void inside();
  const page = (more = {}) => ({
    environment, initialSession: browser.server.session, ...options, ...more, children: element(Inside),
  });
  const mounted = mount(SessionProvider, page());
  t.after(() => mounted.unmount());
  await browser.pass(0);
  const render = async (more) => {
    mounted.render(page(more));
    await browser.pass(0);
  };
  return { browser, render, unmount: mounted.unmount };
}
const routerOf = (t, more) => {
  const called = [];
  Object.assign(router, { app: { refresh: () => called.push('refresh') }, pages: null, path: '/' }, more);
  t.after(() => Object.assign(router, { app: null, pages: null, path: '/' }));
  return called;
};

test('the hooks tell the session of the provider, and act on it', async (t) => {
  let seen;
  const { browser } = await open(t, { initialUser: { name: 'Ada' } }, () => (seen = useSession()));
  assert.deepEqual([seen.status, seen.data.userId, seen.data.user], ['authenticated', 'ada', { name: 'Ada' }]);
  const updated = await seen.update();
  assert.deepEqual(updated.user, { name: 'ada' });
  await seen.renew();
  await seen.signOut({ others: true });
  await seen.signOut();
  assert.deepEqual(browser.server.asked.filter((path) => !path.startsWith('/api/session?')), ['/api/session/renew', '/api/session',
    '/api/session/logout-others', '/api/session', '/api/session/logout']);
});

test('an end drops what the App Router keeps, and nothing of the Pages Router', async (t) => {
  for (const [pages, expected] of [[null, ['refresh']], [{}, []]]) {
    const called = routerOf(t, { pages });
    const { browser, unmount } = await open(t, {});
    assert.deepEqual(called, []);
    browser.server.session = null;
    await browser.pass(70_000);
    assert.deepEqual(called, expected);
    unmount();
  }
});

test('the end is told to the provider and to hooks, a warning before it, with what they are now', async (t) => {
  const told = [];
  let round = 0;
  const { browser, render, unmount } = await open(t, { warnBefore: 20, onExpired: (reason) => told.push(['provider', reason]) }, () => {
    const now = ++round;
    useExpired((reason) => told.push([now, reason]));
    useExpiryWarning((left) => told.push([now, left]));
  });
  await render();
  await browser.pass(45_000);
  assert.deepEqual(told, [[2, 20]]);
  Object.assign(browser.server, { session: null, reason: 'expired' });
  await browser.pass(20_000);
  assert.deepEqual(told.slice(1).sort(), [[2, 'expired'], ['provider', 'expired']]);
  unmount();
});

test('who is not signed in is sent away where that is required', async (t) => {
  for (const [options, path, status, expected] of [[{ required: true }, 'app', 'loading', ['refresh']], [{}, 'app', 'unauthenticated', []],
    [{ required: true, onUnauthenticated: 1 }, 'app', 'loading', ['mine']]]) {
    const called = routerOf(t);
    const asked = { ...options, ...(options.onUnauthenticated && { onUnauthenticated: () => called.push('mine') }) };
    let seen;
    await open(t, { session: null }, () => (seen = useSession(asked)));
    assert.deepEqual([seen.status, called], [status, expected], path);
  }
});

test('another page asks, the same page does not; what an action renders is taken', async (t) => {
  routerOf(t);
  const { browser, render } = await open(t, {});
  await render();
  assert.deepEqual(browser.server.asked, []);
  router.path = '/training';
  await render();
  assert.deepEqual(browser.server.asked, ['/api/session']);
  await render();
  assert.equal(browser.server.asked.length, 1);
  browser.server.session = session(browser, { revision: 2 });
  await render({ initialSession: browser.server.session, initialUser: { name: 'Eve' } });
  assert.deepEqual((await getSession()).user, { name: 'Eve' });
});

test('code outside of components has the store of the page, and none after it', async (t) => {
  await assert.rejects(signOut(), /no <SessionProvider>/);
  await assert.rejects(getSession(), /no <SessionProvider>/);
  const { browser, unmount } = await open(t, {});
  assert.equal((await getSession()).userId, 'ada');
  await signOut({ others: true });
  await signOut();
  assert.deepEqual(browser.server.asked.filter((path) => path.includes('/logout')), ['/api/session/logout-others', '/api/session/logout']);
  assert.equal(await getSession(), null);
  unmount();
  await assert.rejects(getSession(), /no <SessionProvider>/);
});

test('without a provider the hooks say what is missing', () => {
  assert.throws(() => mount(() => void useSession()), /<SessionProvider>/);
});

test('jotai: atoms hold the session from the first render on, follow it, and forget it', async (t) => {
  let filled;
  const own = createStore();
  const { browser, unmount } = await open(t, { initialUser: { name: 'Ada' } }, () => (filled = useAtomStore(own)));
  assert.equal(filled, own);
  assert.deepEqual([own.get(sessionAtom).status, own.get(userAtom)], ['authenticated', { name: 'Ada' }]);
  const heard = [];
  const forget = own.sub(sessionAtom, () => heard.push(own.get(sessionAtom).status));
  own.set(userAtom, { name: 'Eve' });
  assert.deepEqual([own.get(userAtom), (await getSession()).user], [{ name: 'Eve' }, { name: 'Eve' }]);
  browser.server.session = null;
  await browser.pass(70_000);
  assert.deepEqual([heard.at(-1), own.get(userAtom)], ['unauthenticated', null]);
  unmount();
  assert.equal(own.get(sessionAtom).status, 'loading');
  forget();
});

test('jotai: before there is a provider the atoms read loading, and each page has its own store', async (t) => {
  const store = createStore();
  const forget = store.sub(sessionAtom, () => {});
  assert.deepEqual([store.get(sessionAtom).status, store.get(userAtom)], ['loading', null]);
  store.set(userAtom, { name: 'Eve' });
  assert.equal(store.get(userAtom), null);
  let made;
  await open(t, {}, () => (made = useAtomStore()));
  assert.notEqual(made, store);
  assert.equal(store.get(sessionAtom).status, 'authenticated');
  forget();
});
