// latchkey/next in pages, actions and handlers, on a Next.js that is only pretended.
import { during } from './support/fake_next.mjs';
import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { signIn } from 'latchkey/testing';
import { make, NAME, PASSWORD } from './support/next_sessions.mjs';

const { clientSession, createSessions } = await import('latchkey/next');

test('nothing is opened before the first request, and the folder is made then', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'latchkey-next-'));
  t.after(() => rmSync(folder, { recursive: true }));
  const path = join(folder, 'data/app.db');
  const sessions = make({ store: `sqlite:${path}`, carrier: 'sealed' });
  assert.equal(existsSync(join(folder, 'data')), false);
  await during('page', {}, () => sessions.getSession());
  assert.equal(existsSync(path), true);
  await sessions.core.close();
});

test('what is missing in the configuration is named with the first request', async (t) => {
  const before = { ...process.env };
  t.after(() => Object.assign(process.env, before));
  delete process.env.SESSION_SECRET;
  delete process.env.LATCHKEY_PUBLIC_URL;
  const message = async (config) =>
    (await during('page', {}, () => createSessions(config).getSession())).error?.message;
  const store = 'memory:config';
  assert.match(await message({ store, carrier: 'sealed' }), /SESSION_SECRET.*npx latchkey secret/);
  assert.match(await message({ store, publicUrl: 'example.com' }), /publicUrl/);
  process.env.NODE_ENV = 'production';
  assert.match(await message({ store }), /LATCHKEY_PUBLIC_URL/);
  process.env.NODE_ENV = before.NODE_ENV ?? 'test';
});

test('an action makes a session, a page reads it, an action ends it', async () => {
  const { createSession, verifySession, deleteSession } = make();
  const made = await during('action', { headers: { 'user-agent': 'Test/1' } },
    () => createSession('ada'));
  const [cookie] = made.written;
  assert.equal(cookie.name, NAME);
  assert.deepEqual([cookie.httpOnly, cookie.sameSite, cookie.path], [true, 'lax', '/']);
  const header = { cookie: `${NAME}=${cookie.value}` };
  const read = await during('page', header, () => verifySession());
  assert.equal(read.value.userId, 'ada');
  assert.equal(read.value.id, made.value);
  assert.equal(read.value.isAuth, true);
  assert.equal(read.value.userAgent, 'Test/1');
  assert.ok(!JSON.stringify(read.value).includes(cookie.value), 'the token is not in it');
  const ended = await during('action', header, () => deleteSession());
  assert.equal(ended.value, true);
  assert.deepEqual([ended.written[0].value, ended.written[0].maxAge], ['', 0]);
  const after = await during('page', header, () => verifySession({ next: '/a?b=1' }));
  assert.equal(after.redirect, '/login?reason=revoked&next=%2Fa%3Fb%3D1');
  assert.deepEqual(after.written, []);
});

test('one request is validated once, in pages, actions and handlers alike', async () => {
  for (const where of ['page', 'action', 'handler']) {
    const sessions = make();
    const { cookieHeader } = await signIn(sessions, 'ada');
    let calls = 0;
    const { begin } = sessions.core;
    sessions.core.begin = (...given) => {
      calls += 1;
      return begin.apply(sessions.core, given);
    };
    await during(where, { cookie: cookieHeader }, () => Promise.all([
      sessions.verifySession(), sessions.verifyAuth(), sessions.getSession(),
      sessions.checkSession(), sessions.verifySession(),
    ]));
    assert.equal(calls, 1, where);
  }
});

test('getUser is asked once for each request, and null counts as no session', async () => {
  let calls = 0;
  const getUser = async (id) => {
    calls += 1;
    return id === 'ada' ? { name: 'Ada' } : null;
  };
  const sessions = make({ getUser });
  const ada = await signIn(sessions, 'ada');
  const { value } = await during('page', { cookie: ada.cookieHeader }, async () => {
    await sessions.verifySession();
    return sessions.verifyAuth();
  });
  assert.deepEqual(value.user, { name: 'Ada' });
  assert.equal(calls, 1);
  const ben = await signIn(sessions, 'ben');
  const gone = await during('page', { cookie: ben.cookieHeader }, () => sessions.verifyAuth());
  assert.deepEqual(gone.value, { user: null, session: null });
});

test('without a session: pages redirect, handlers say 401, redirect: false gives null', async () => {
  const { verifySession, verifyAuth, checkSession } = make({ pages: { login: '/auth' } });
  for (const cookie of ['', `${NAME}=x`, `${NAME}=lk1_${'A'.repeat(47)}`]) {
    assert.equal((await during('page', { cookie }, () => verifySession())).redirect, '/auth');
    assert.equal((await during('action', { cookie }, () => verifySession())).redirect, '/auth');
    assert.equal((await during('handler', { cookie }, () => verifySession())).status, '401');
    const form = { cookie, headers: { 'content-type': 'multipart/form-data; boundary=x' } };
    assert.equal((await during('handler', form, () => verifySession())).redirect, '/auth');
    const none = await during('handler', { cookie }, () => verifySession({ redirect: false }));
    assert.equal(none.value, null);
    assert.deepEqual((await during('page', { cookie }, () => checkSession())).value, { isValid: false });
    const auth = await during('page', { cookie }, () => verifyAuth());
    assert.deepEqual(auth.value, { user: null, session: null });
  }
});

test('a bad cookie is deleted where that is allowed, with its attributes', async () => {
  const { verifyAuth } = make();
  const cookie = `${NAME}=x`;
  assert.deepEqual((await during('page', { cookie }, () => verifyAuth())).written, []);
  const [blank] = (await during('action', { cookie }, () => verifyAuth())).written;
  assert.deepEqual([blank.name, blank.value, blank.maxAge, blank.path, blank.httpOnly],
    [NAME, '', 0, '/', true]);
  assert.deepEqual((await during('action', {}, () => verifyAuth())).written, []);
});

test('the same name twice is no session', async () => {
  const sessions = make();
  const { cookieHeader } = await signIn(sessions, 'ada');
  const twice = { cookie: `${NAME}=x; ${cookieHeader}` };
  assert.equal((await during('page', twice, () => sessions.getSession())).value, null);
});

test('a render moves nothing that a cookie has to follow', async (t) => {
  t.mock.timers.enable({ apis: ['Date'], now: 1_700_000_000_000 });
  for (const [config, slides] of [[{}, true], [{ carrier: 'sealed' }, false],
    [{ carrier: 'signed' }, false], [{ cookie: { renew: true } }, false]]) {
    const sessions = make({ ...config, idle: '1h', absolute: '10d' });
    const { cookieHeader, session } = await signIn(sessions, 'ada');
    t.mock.timers.tick(40 * 60_000);
    const page = await during('page', { cookie: cookieHeader }, () => sessions.verifySession());
    assert.equal(page.error, undefined);
    await sessions.core.flush();
    const peek = await during('page', { cookie: cookieHeader }, () => sessions.getSession());
    assert.equal(peek.value.expiresAt > session.idleExpiresAt, slides, JSON.stringify(config));
    const action = await during('action', { cookie: cookieHeader }, () => sessions.verifySession());
    assert.equal(action.written.length, slides ? 0 : 1, JSON.stringify(config));
  }
});

test('touch: false (once called renew) and status questions are no activity', async (t) => {
  t.mock.timers.enable({ apis: ['Date'], now: 1_700_000_000_000 });
  const sessions = make({ idle: '1h' });
  const { cookieHeader } = await signIn(sessions, 'ada');
  const header = { cookie: cookieHeader };
  t.mock.timers.tick(50 * 60_000);
  await during('page', header, () => sessions.verifySession({ touch: false }));
  await during('page', header, () => sessions.verifyAuth({ renew: false }));
  await during('page', header, () => sessions.getSession());
  await during('page', header, () => sessions.checkSession());
  await during('page', { ...header, headers: { 'sec-purpose': 'prefetch' } }, () => sessions.verifySession());
  await during('handler', header, () => sessions.handlers.GET(new Request('http://localhost:3000/api/session')));
  await sessions.core.flush();
  t.mock.timers.tick(11 * 60_000);
  assert.equal((await during('page', header, () => sessions.getSession())).value, null);
  const late = await during('page', header, () => sessions.verifySession());
  assert.equal(late.redirect, '/login?reason=expired');
});

test('what writes a cookie says so where none can be written', async () => {
  const sessions = make();
  for (const call of ['createSession', 'deleteSession', 'updateSession', 'deleteOtherSessions',
    'signUp', 'logIn', 'changePassword', 'reauthenticate', 'logout', 'createGuestSession', 'raiseLevel']) {
    const { error } = await during('page', {}, () => sessions[call]({}));
    assert.equal(error.code, 'ERR_LATCHKEY_COOKIE_READ_ONLY', call);
  }
});

test('updateSession replaces an attribute whole, and merges nothing into what it was', async () => {
  for (const carrier of ['stored', 'sealed', 'signed', 'hybrid']) {
    const sessions = make({ carrier });
    const attributes = { cart: { apples: 3 }, theme: 'dark', coupon: 'x' };
    const { cookieHeader } = await signIn(sessions, 'ada', { attributes });
    const done = await during('action', { cookie: cookieHeader }, async () => {
      await sessions.updateSession({ cart: { pears: 1, gift: null }, coupon: null });
      return sessions.getSession();
    });
    assert.deepEqual(done.value.attributes, { cart: { pears: 1, gift: null }, theme: 'dark' }, carrier);
  }
});

test('updateSession moves row and cookie together, keeps data, and gives null without one', async () => {
  for (const carrier of ['stored', 'sealed', 'signed', 'hybrid']) {
    const sessions = make({ carrier });
    const { cookieHeader } = await signIn(sessions, 'ada', { attributes: { a: 1 } });
    const done = await during('action', { cookie: cookieHeader }, async () => {
      const updated = await sessions.updateSession({ b: 2 });
      return [updated, await sessions.getSession()];
    });
    const [updated, seen] = done.value;
    assert.deepEqual(updated.attributes, { a: 1, b: 2 }, carrier);
    assert.deepEqual(seen.attributes, { a: 1, b: 2 }, `${carrier}: the same request sees it`);
    assert.equal(done.written.at(-1).name, NAME);
    assert.equal((await during('action', {}, () => sessions.updateSession())).value, null);
    const bad = { cookie: `${NAME}=lk1_bad` };
    assert.equal((await during('action', bad, () => sessions.updateSession({ c: 1 }))).value, null);
  }
});

test('logging in anew leaves the old session behind; a guest takes along what is named', async () => {
  const sessions = make();
  const old = await signIn(sessions, 'ada');
  const made = await during('action', { cookie: old.cookieHeader }, () => sessions.createSession('ben'));
  assert.notEqual(made.value, old.session.id);
  assert.equal(sessions.core.validate(old.token).session, null);
  const guest = await during('action', {}, () => sessions.createGuestSession({ cart: [1], x: 2 }));
  const cookie = `${NAME}=${guest.written[0].value}`;
  assert.equal((await during('page', { cookie }, () => sessions.getSession())).value, null);
  const login = await during('action', { cookie }, () => sessions.createSession('cleo', { carry: ['cart'] }));
  const next = { cookie: `${NAME}=${login.written.at(-1).value}` };
  const { value } = await during('page', next, () => sessions.verifySession());
  assert.deepEqual(value.attributes, { cart: [1] });
});

test('a guest is known by its own call only, and takes what is named into sign-up and log-in', async () => {
  const sessions = make();
  const account = { username: 'gus', password: PASSWORD };
  for (const enter of ['signUp', 'logIn']) {
    const guest = await during('action', {}, () => sessions.createGuestSession({ cart: [1], theme: 'a', x: 2 }));
    const cookie = `${NAME}=${guest.written[0].value}`;
    const seen = await during('page', { cookie }, () => sessions.getGuestSession());
    assert.equal(seen.value.id, guest.value);
    assert.deepEqual(seen.value.attributes, { cart: [1], theme: 'a', x: 2 });
    assert.equal((await during('page', { cookie }, () => sessions.getSession())).value, null);
    const done = await during('action', { cookie }, () => sessions[enter](account,
      { carry: ['cart', 'theme', 'toString'], attributes: { theme: 'b' } }));
    assert.equal(done.value.rejection, null);
    const mine = { cookie: `${NAME}=${done.written.find(({ name }) => name === NAME).value}` };
    assert.deepEqual((await during('page', mine, () => sessions.getSession())).value.attributes,
      { cart: [1], theme: 'b' }, enter);
    assert.equal((await during('page', mine, () => sessions.getGuestSession())).value, null);
    assert.equal((await during('page', { cookie }, () => sessions.getGuestSession())).value, null);
  }
  const user = await signIn(sessions, 'ada', { attributes: { cart: [9] } });
  const other = await during('action', { cookie: user.cookieHeader }, () => sessions.logIn(account, { carry: ['cart'] }));
  assert.deepEqual(sessions.core.validate(other.written.find(({ name }) => name === NAME).value).session.attributes, {});
});

test('passwords: sign up, log in, change, and what is refused', async () => {
  const sessions = make();
  const signUp = (username, password) => during('action', {}, () => sessions.signUp({ username, password }));
  const logIn = (username, password) => during('action', {}, () => sessions.logIn({ username, password }));
  assert.equal((await signUp('ada', 'short')).value.rejection.code, 'password_too_short');
  const made = await signUp('ada', PASSWORD);
  assert.equal(made.value.user.username, 'ada');
  assert.equal((await signUp('ada', PASSWORD)).value.rejection.code, 'username_taken');
  const common = (await signUp('bob', 'passwordpassword')).value.rejection;
  assert.deepEqual([common.code, common.field], ['password_common', 'password']);
  const wrong = await logIn('ada', 'not the password at all');
  assert.equal(wrong.value.rejection.code, 'wrong_credentials');
  assert.deepEqual(wrong.written, []);
  const other = await logIn('ada', PASSWORD);
  const cookie = `${NAME}=${made.written[0].value}`;
  const change = (current) => during('action', { cookie },
    () => sessions.changePassword({ current, replacement: `${PASSWORD} again` }));
  assert.equal((await change('not the password at all')).value.code, 'wrong_credentials');
  const changed = await change(PASSWORD);
  assert.equal(changed.value, null);
  assert.equal(sessions.core.validate(other.written[0].value).session, null);
  const kept = sessions.core.validate(changed.written[0].value).session;
  const auth = await during('page', { cookie: `${NAME}=${changed.written[0].value}` }, () => sessions.verifyAuth());
  assert.equal(auth.value.user.username, 'ada');
  assert.equal(auth.value.session.id, kept.id);
});

test('a form of another site signs nobody in', async () => {
  const sessions = make();
  const credentials = { username: 'eve', password: PASSWORD };
  await during('action', {}, () => sessions.signUp(credentials));
  const enter = (how, headers) => during('handler', { headers }, () => sessions[how](credentials));
  for (const headers of [{ 'sec-fetch-site': 'cross-site' }, { origin: 'https://evil.example' },
    { origin: 'null' }, { origin: 'https://evil.example', host: 'localhost:3000' },
    { 'sec-fetch-site': 'same-site', origin: 'http://www.localhost' },
    { origin: 'http://192.168.1.2:3000', host: '192.168.1.2:3000' }]) {
    for (const how of ['logIn', 'signUp']) {
      const { status, written } = await enter(how, headers);
      assert.deepEqual([status, written], ['403', []], JSON.stringify(headers));
    }
  }
  for (const headers of [{}, { origin: 'http://localhost:3000' }, { 'sec-fetch-site': 'same-origin' },
    { origin: 'null', 'sec-fetch-site': 'same-origin' }]) {
    const { value, written } = await enter('logIn', headers);
    assert.equal(value?.user.username, 'eve', JSON.stringify(headers));
    assert.deepEqual(written.map(({ name }) => name).filter((name) => name === NAME), [NAME]);
  }
});

test('checkSession tells who is there, and why nobody is', async (t) => {
  t.mock.timers.enable({ apis: ['Date'], now: 1_700_000_000_000 });
  const sessions = make({ idle: '1h' });
  const check = async (cookie) => (await during('action', { cookie }, () => sessions.checkSession())).value;
  const ada = await signIn(sessions, 'ada');
  const ben = await signIn(sessions, 'ben');
  assert.deepEqual(await check(ada.cookieHeader), { isValid: true, userId: 'ada' });
  await sessions.core.revoke(ben.token);
  assert.deepEqual(await check(ben.cookieHeader), { isValid: false, reason: 'revoked' });
  t.mock.timers.tick(3_600_001);
  assert.deepEqual(await check(ada.cookieHeader), { isValid: false, reason: 'expired' });
  const guest = await during('action', {}, () => sessions.createGuestSession());
  assert.deepEqual(await check(`${NAME}=${guest.written[0].value}`), { isValid: false });
  assert.deepEqual(await check(''), { isValid: false });
});

test('requireRecentLogin asks for a new login when the last is too long ago', async (t) => {
  t.mock.timers.enable({ apis: ['Date'], now: 1_700_000_000_000 });
  const sessions = make();
  const { cookieHeader } = await signIn(sessions, 'ada');
  const ask = (options) => during('page', { cookie: cookieHeader }, () => sessions.requireRecentLogin('5m', options));
  t.mock.timers.tick(300_000);
  assert.equal((await ask()).value.userId, 'ada');
  t.mock.timers.tick(1);
  assert.equal((await ask({ next: '/pay' })).redirect, '/login?reason=recent_login&next=%2Fpay');
  assert.equal((await ask({ redirect: false })).value, null);
});

test('R27: a password that is shown again is a recent login', async (t) => {
  t.mock.timers.enable({ apis: ['Date'], now: 1_700_000_000_000 });
  const sessions = make();
  const signedUp = await during('action', {}, () => sessions.signUp({ username: 'ada', password: PASSWORD }));
  let cookie = `${NAME}=${signedUp.written[0].value}`;
  t.mock.timers.tick(600_000);
  const ask = () => during('page', { cookie }, () => sessions.requireRecentLogin('5m', { redirect: false }));
  assert.equal((await ask()).value, null);
  const wrong = await during('action', { cookie }, () => sessions.reauthenticate('not this one at all'));
  assert.equal(wrong.value.code, 'wrong_credentials');
  assert.equal((await ask()).value, null);
  const right = await during('action', { cookie }, () => sessions.reauthenticate(PASSWORD));
  assert.equal(right.value, null);
  cookie = `${NAME}=${right.written[0].value}`;
  assert.notEqual((await ask()).value, null);
});

test('a list of sessions; only an own one is ended by its id', async () => {
  const sessions = make();
  const mine = await signIn(sessions, 'ada');
  const second = await signIn(sessions, 'ada');
  const foreign = await signIn(sessions, 'ben');
  const as = (call) => during('action', { cookie: mine.cookieHeader }, call);
  const { value } = await as(() => sessions.listSessions());
  assert.deepEqual(value.map((found) => [found.id, found.current]).sort(),
    [[mine.session.id, true], [second.session.id, false]].sort());
  assert.equal((await as(() => sessions.revokeOwnSession(foreign.session.id))).value, false);
  assert.equal((await as(() => sessions.revokeOwnSession(second.session.id))).value, true);
  assert.equal(sessions.core.validate(foreign.token).state, 'active');
  assert.equal((await as(() => sessions.deleteOtherSessions())).value, 0);
});

test('a long list of sessions is whole, and its last one can be ended', async () => {
  const sessions = make({ maxPerUser: 0 });
  const oldest = await signIn(sessions, 'ada');
  for (let i = 0; i < 1001; i++) await sessions.core.create('ada');
  const mine = await signIn(sessions, 'ada');
  const as = (call) => during('action', { cookie: mine.cookieHeader }, call);
  assert.equal((await as(() => sessions.listSessions())).value.length, 1003);
  assert.equal((await as(() => sessions.revokeOwnSession(oldest.session.id))).value, true);
  assert.equal(sessions.core.validate(oldest.token).state, 'revoked');
});

test('the public id of a stranger in the cookie changes nothing of theirs', async () => {
  const sessions = make();
  const victim = await signIn(sessions, 'ada');
  const before = sessions.core.validate(victim.token, { touch: false }).session;
  const name = victim.cookieHeader.split('=')[0];
  const attack = { cookie: `${name}=${before.id}`, headers: { origin: 'http://localhost:3000' } };
  for (const action of ['renew', 'logout', 'logout-others']) {
    const url = `http://localhost:3000/api/session/${action}`;
    const request = new Request(url, { method: 'POST', headers: attack.headers });
    await during('handler', attack, () => sessions.handlers.POST(request));
  }
  assert.equal((await during('action', attack, () => sessions.updateSession({ a: 1 }))).value, null);
  assert.equal((await during('action', attack, () => sessions.raiseLevel(3))).value, null);
  assert.equal((await during('action', attack, () => sessions.deleteSession())).value, false);
  const answer = { getHeader: () => undefined, setHeader() {}, writeHead() {}, end() {} };
  const headers = { cookie: attack.cookie, origin: 'http://localhost:3000' };
  await sessions.pagesRouter.logout({ method: 'POST', headers }, answer);
  const after = sessions.core.validate(victim.token, { touch: false });
  assert.equal(after.state, 'active');
  assert.deepEqual(after.session, before);
});

test('the browser is given of a session what it needs, as plain JSON', async () => {
  const sessions = make({ clientAddress: () => '203.0.113.5' });
  const { cookieHeader: cookie } = await signIn(sessions, 'ada', { attributes: { secret: 1 } });
  const { value } = await during('page', { cookie }, () => sessions.verifyAuth());
  const shared = clientSession(value.session);
  assert.deepEqual(Object.keys(shared).sort(), ['expiresAt', 'id', 'revision', 'userId', 'version']);
  assert.deepEqual(JSON.parse(JSON.stringify(shared)), shared);
  const status = await during('handler', { cookie },
    () => sessions.handlers.GET(new Request('http://localhost:3000/api/session')));
  assert.deepEqual((await status.value.json()).session, shared);
  assert.equal(clientSession(null), null);
});
