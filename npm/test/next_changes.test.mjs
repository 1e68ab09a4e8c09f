// latchkey/next: what a request changes is seen in the rest of it, and what browsers are told.
import { during } from './support/fake_next.mjs';
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { signIn } from 'latchkey/testing';
import { make, NAME, PASSWORD, SECRET } from './support/next_sessions.mjs';

/** An application's own users, and sessions over them. */
function withPeople(config = {}) {
  const people = new Map([['ada', { id: 'ada', username: 'ada', name: 'Old', passwordHash: 'x' }]]);
  let asked = 0;
  const getUser = async (id) => {
    asked += 1;
    const found = people.get(id);
    return found ? { ...found } : null;
  };
  const rename = (name) => people.set('ada', { ...people.get('ada'), name });
  return { sessions: make({ getUser, ...config }), people, rename, asked: () => asked };
}

test('S1: an action that checks, then changes the user, renders the new user', async () => {
  for (const check of ['verifySession', 'verifyAuth', 'getSession', 'checkSession', 'providerProps']) {
    const { sessions, rename } = withPeople({ clientUser: ({ id, name }) => ({ id, name }) });
    const { cookieHeader: cookie } = await signIn(sessions, 'ada');
    const { rendered } = await during('action', { cookie }, async () => {
      await sessions[check]();
      rename('New');
    }, async () => [await sessions.verifyAuth(), await sessions.providerProps()]);
    assert.equal(rendered[0].user.name, 'New', check);
    assert.equal(rendered[1].initialUser.name, 'New', check);
  }
});

test('S1: an action or a handler that asks again after a change sees it', async () => {
  for (const where of ['action', 'handler']) {
    const { sessions, rename } = withPeople();
    const { cookieHeader: cookie } = await signIn(sessions, 'ada');
    const { value } = await during(where, { cookie }, async () => {
      await sessions.verifyAuth();
      rename('New');
      return sessions.verifyAuth();
    });
    assert.equal(value.user.name, 'New', where);
  }
});

test('S1: a user who is gone after the action has no session in its render', async () => {
  const { sessions, people } = withPeople();
  const { cookieHeader: cookie } = await signIn(sessions, 'ada');
  const done = await during('action', { cookie }, async () => {
    await sessions.verifySession();
    people.delete('ada');
  }, () => sessions.verifyAuth());
  assert.deepEqual(done.rendered, { user: null, session: null });
});

test('S1: attributes that the core changed, and a session it ended, are seen in the same request', async () => {
  for (const carrier of ['stored', 'hybrid', 'encrypted_id']) {
    const sessions = make({ carrier });
    const { cookieHeader: cookie, session } = await signIn(sessions, 'ada', { attributes: { a: 1 } });
    const changed = await during('action', { cookie }, async () => {
      await sessions.verifySession();
      await sessions.core.update({ id: session.id }, { a: 2 });
      return sessions.getSession();
    }, () => sessions.getSession());
    assert.deepEqual(changed.value.attributes, { a: 2 }, carrier);
    assert.deepEqual(changed.rendered.attributes, { a: 2 }, carrier);
    const ended = await during('action', { cookie }, async () => {
      await sessions.verifySession();
      await sessions.revokeUser('ada');
      return sessions.checkSession();
    });
    assert.deepEqual(ended.value, { isValid: false, reason: 'revoked' }, carrier);
  }
});

test('a render asks for a session and its user once, however often and when it asks', async () => {
  const { sessions, asked } = withPeople();
  const { cookieHeader: cookie } = await signIn(sessions, 'ada');
  let validations = 0;
  const { begin } = sessions.core;
  sessions.core.begin = (...given) => {
    validations += 1;
    return begin(...given);
  };
  await during('page', { cookie }, async () => {
    await sessions.verifySession();
    await sessions.verifyAuth();
    await sessions.getSession();
  });
  assert.deepEqual([validations, asked()], [1, 1]);
});

test('a failed question is asked again in the same render', async () => {
  let fails = true;
  const sessions = make({
    getUser: async (id) => {
      if (fails) throw new Error('the database is down');
      return { id };
    },
  });
  const { cookieHeader: cookie } = await signIn(sessions, 'ada');
  const { value } = await during('page', { cookie }, async () => {
    await assert.rejects(sessions.verifyAuth(), /down/);
    fails = false;
    return sessions.verifyAuth();
  });
  assert.equal(value.user.id, 'ada');
});

test('TS2: requireRecentLogin asks again in a request that has asked before', async () => {
  const sessions = make();
  const { cookieHeader: cookie, token } = await signIn(sessions, 'ada');
  const { value } = await during('page', { cookie }, async () => {
    await sessions.verifySession();
    await sessions.core.revoke(token);
    return sessions.requireRecentLogin('5m', { redirect: false });
  });
  assert.equal(value, null);
});

// A near cache: it answers with what it has seen, unless it is told to ask the store.
function withStaleAnswers(sessions) {
  const { begin } = sessions.core;
  const seen = new Map();
  sessions.core.begin = async (request, facts) => {
    const key = request.cookie ?? request.headers.cookie;
    if (!facts.fresh && seen.has(key)) return seen.get(key);
    const answer = await begin(request, facts);
    seen.set(key, answer);
    return answer;
  };
}

test('TS15: a guest who ended elsewhere does not keep anybody from logging in', async () => {
  for (const enter of ['createSession', 'signUp', 'pagesRouter']) {
    const sessions = make();
    withStaleAnswers(sessions);
    const guest = await sessions.core.createGuest();
    const cookie = `${NAME}=${guest.token}`;
    await during('page', { cookie }, () => sessions.getGuestSession());
    await sessions.core.revoke(guest.token);
    const respond = { getHeader() {}, setHeader() {} };
    const { error } = await during('action', { cookie }, () => ({
      createSession: () => sessions.createSession('ada'),
      signUp: () => sessions.signUp({ username: 'ada', password: PASSWORD }, { carry: ['cart'] }),
      pagesRouter: () => sessions.pagesRouter.create({ headers: { cookie } }, respond, 'ada'),
    })[enter]());
    assert.equal(error, undefined, enter);
  }
});

const status = (sessions, cookie, query = '') => during('handler', { cookie },
  () => sessions.handlers.GET(new Request(`http://localhost:3000/api/session${query}`)));
const bodyOf = async (...given) => (await status(...given)).value.json();

test('TS11: a user who is gone from the application is not authenticated, whatever is asked', async () => {
  const { sessions, people } = withPeople();
  const { cookieHeader: cookie } = await signIn(sessions, 'ada');
  assert.equal((await bodyOf(sessions, cookie)).status, 'authenticated');
  people.delete('ada');
  for (const query of ['', '?user=1']) {
    const body = await bodyOf(sessions, cookie, query);
    assert.deepEqual([body.status, body.session, 'user' in body], ['unauthenticated', null, false], query);
  }
});

test('TS10: asking for the status deletes no cookie of a guest', async () => {
  const sessions = make();
  const guest = await sessions.core.createGuest({ attributes: { cart: [1] } });
  const cookie = `${NAME}=${guest.token}`;
  const { value, written } = await status(sessions, cookie);
  assert.equal((await value.json()).status, 'unauthenticated');
  assert.deepEqual(written, []);
  const kept = await during('page', { cookie }, () => sessions.getGuestSession());
  assert.deepEqual(kept.value.attributes, { cart: [1] });
});

test('TS3, TS33, TS34: a cookie of a key that this process does not know yet stays', async () => {
  const elsewhere = make({ carrier: 'sealed', secret: 'Zq8vX1mB5nT7kW3rL9pY6dF2hJ4gC0sE' });
  const { cookieHeader: cookie } = await signIn(elsewhere, 'ada');
  for (const config of [{ carrier: 'sealed' }, { carrier: 'sealed', secret: ['Ub5yT2kN8wQ4xR7vM1zP6cJ3hG9fD0aL', SECRET] }]) {
    const sessions = make(config);
    for (const where of ['action', 'handler']) {
      const { value, written } = await during(where, { cookie }, () => sessions.verifyAuth());
      assert.deepEqual([value.session, written], [null, []], where);
    }
    assert.deepEqual((await status(sessions, cookie)).written, []);
    const url = new URL('http://localhost:3000/');
    const request = new Request(url, { headers: { cookie } });
    request.nextUrl = { pathname: '/', search: '' };
    const passed = await sessions.proxy(request, { protected: ['/account'] });
    assert.deepEqual(passed.headers.getSetCookie(), []);
    const respond = { getHeader() {}, setHeader: () => assert.fail('the cookie is kept') };
    assert.equal(await sessions.pagesRouter.verify({ headers: { cookie } }, respond), null);
  }
});

test('TS4: a handler that names a page redirects there', async () => {
  const sessions = make();
  const sent = await during('handler', {}, () => sessions.verifySession({ redirect: '/enter', next: '/a' }));
  assert.equal(sent.redirect, '/enter?next=%2Fa');
  const recent = await during('handler', {}, () => sessions.requireRecentLogin('5m', { redirect: '/enter' }));
  assert.equal(recent.redirect, '/enter');
});

test('M5: browsers are told id and username, and what clientUser names', async () => {
  const { sessions } = withPeople();
  const { cookieHeader: cookie } = await signIn(sessions, 'ada');
  const told = { id: 'ada', username: 'ada' };
  assert.deepEqual((await bodyOf(sessions, cookie, '?user=1')).user, told);
  const props = await during('page', { cookie }, () => sessions.providerProps());
  assert.deepEqual(props.value.initialUser, told);
  assert.deepEqual(Object.keys(props.value.initialSession).sort(), ['expiresAt', 'id', 'revision', 'userId', 'version']);
  const none = await during('page', {}, () => sessions.providerProps());
  assert.deepEqual(none.value, { initialSession: null, initialUser: null });

  const named = withPeople({ clientUser: ({ id, name }) => ({ id, name }) }).sessions;
  const other = await signIn(named, 'ada');
  assert.deepEqual((await bodyOf(named, other.cookieHeader, '?user=1')).user, { id: 'ada', name: 'Old' });
});

test('M5: a user without id or username, and one of the store, tell no more', async () => {
  const odd = make({ getUser: () => ({ name: 'Ada', username: { toString: () => 'x' }, totpSecret: 's' }) });
  const ada = await signIn(odd, 'ada');
  assert.deepEqual((await bodyOf(odd, ada.cookieHeader, '?user=1')).user, { id: 'ada' });
  const own = make();
  const made = await during('action', {}, () => own.signUp({ username: 'ben', password: PASSWORD }));
  const cookie = `${NAME}=${made.written[0].value}`;
  const { user } = await bodyOf(own, cookie, '?user=1');
  assert.deepEqual(user, { id: made.value.user.id, username: 'ben' });
});

test('providerProps is no activity', async (t) => {
  t.mock.timers.enable({ apis: ['Date'], now: 1_700_000_000_000 });
  const sessions = make({ idle: '1h' });
  const { cookieHeader: cookie, token, session } = await signIn(sessions, 'ada');
  t.mock.timers.tick(40 * 60_000);
  await during('page', { cookie }, () => sessions.providerProps());
  await sessions.core.flush();
  const after = sessions.core.validate(token, { touch: false }).session;
  assert.deepEqual(after.idleExpiresAt, session.idleExpiresAt);
});

test('M8: visitors whose address is unknown do not use up an allowance of all, and it is said once', async (t) => {
  const warned = t.mock.method(console, 'warn', () => {});
  const sessions = make();
  for (let i = 0; i < 200; i++) {
    const { error } = await during('action', {}, () => sessions.createGuestSession());
    assert.equal(error, undefined, `visitor ${i + 1}`);
  }
  const lines = warned.mock.calls.map(({ arguments: [text] }) => text);
  assert.equal(lines.filter((text) => /guest sessions are not limited.*clientAddress/.test(text)).length, 1);

  const limited = make({ clientAddress: (headers) => headers.get('x-real-ip') });
  const visit = (address) => during('action', { headers: { 'x-real-ip': address } },
    () => limited.createGuestSession());
  for (let i = 0; i < 60; i++) assert.equal((await visit('192.0.2.1')).error, undefined);
  assert.equal((await visit('192.0.2.1')).error.code, 'ERR_LATCHKEY_RATE_LIMITED');
  assert.equal((await visit('192.0.2.2')).error, undefined);
});

test('S3: what a form sends is taken as it is, and what is no text is refused like an empty one', async () => {
  const sessions = make();
  const form = new FormData();
  form.set('password', PASSWORD);
  const enter = (how, more) => during('action', {}, () => sessions[how]({
    username: form.get('username'), password: form.get('password'), ...more }));
  for (const username of [null, undefined, new File([], 'x'), 5, ['a'], {}]) {
    const { rejection } = (await enter('signUp', { username })).value;
    assert.deepEqual([rejection.code, rejection.field], ['username_invalid', 'username']);
    assert.match(rejection.message, /user name/i, 'S8: it says which field');
    // Each in a store of its own: also such names are counted.
    const { value } = await during('action', {}, () => make().logIn({ username, password: PASSWORD }));
    assert.equal(value.rejection.code, 'wrong_credentials');
  }
  for (const password of [null, undefined, new File([], 'x'), 5]) {
    const { rejection } = (await enter('signUp', { username: 'ada', password })).value;
    assert.deepEqual([rejection.code, rejection.field], ['password_too_short', 'password']);
    assert.match(rejection.message, /password/i);
  }
  const made = await enter('signUp', { username: 'ada' });
  assert.equal(made.value.rejection, null);
  const cookie = `${NAME}=${made.written[0].value}`;
  const changed = await during('action', { cookie },
    () => sessions.changePassword({ current: null, replacement: undefined }));
  assert.ok(['wrong_credentials', 'password_too_short'].includes(changed.value.code), changed.value.code);
});

test('a hybrid session is given its new snapshot where writing costs nothing, and not while a page renders', async (t) => {
  t.mock.timers.enable({ apis: ['Date'], now: 1_700_000_000_000 });
  const sessions = make({ carrier: 'hybrid' });
  const { cookieHeader: cookie } = await signIn(sessions, 'ada');
  t.mock.timers.tick(120_000);
  for (const [where, written] of [['page', 0], ['action', 1], ['handler', 1]]) {
    const seen = await during(where, { cookie }, () => sessions.verifySession());
    assert.equal(seen.value.userId, 'ada', where);
    assert.equal(seen.written.length, written, where);
  }
});

test('after each change the rest of the request sees the new session', async () => {
  const sessions = make();
  const { cookieHeader: cookie } = await signIn(sessions, 'ada');
  const { value, rendered } = await during('action', { cookie }, async () => {
    const seen = [(await sessions.getSession()).userId];
    await sessions.createSession('ben');
    seen.push((await sessions.getSession()).userId);
    await sessions.raiseLevel(2);
    seen.push((await sessions.getSession()).level);
    await sessions.updateSession({ theme: 'dark' });
    seen.push((await sessions.getSession()).attributes.theme);
    await sessions.deleteSession();
    return [...seen, await sessions.getSession()];
  }, () => sessions.getSession());
  assert.deepEqual([value, rendered], [['ada', 'ben', 2, 'dark', null], null]);
});
