// latchkey/testing: what applications test their pages, actions and components with.
import './support/fake_next.mjs';
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { fakeClock, inRequest, sessionProps, signIn } from 'latchkey/testing';

const { createSessions } = await import('latchkey/next');
const cwd = fileURLToPath(new URL('..', import.meta.url));
const DAY = 86_400_000;

const made = (name, options = {}) =>
  createSessions({ store: `memory:testing-${name}`, publicUrl: 'http://localhost:3000', ...options });

test('a page, an action and a handler find the user of a test, and nothing is mocked', async () => {
  const session = made('kinds');
  const ada = await signIn(session, 'ada', { attributes: { role: 'admin' } });
  for (const kind of ['page', 'action', 'handler']) {
    const { value, redirect } = await inRequest({ as: ada, kind }, () => session.verifySession());
    assert.deepEqual([value.userId, value.attributes, redirect], ['ada', { role: 'admin' }, null], kind);
  }
  const visitor = await inRequest({}, () => session.verifySession({ next: '/a' }));
  assert.deepEqual([visitor.value, visitor.redirect], [undefined, '/login?next=%2Fa']);
});

test('an action changes the cookie, the next request brings it, and a page cannot', async () => {
  const session = made('actions');
  const password = 'correct horse battery staple';
  const signedUp = await inRequest({ kind: 'action' }, () => session.signUp({ username: 'ada', password }));
  assert.equal(signedUp.value.rejection, null);
  const as = signedUp.cookieHeader;
  assert.equal((await inRequest({ as }, () => session.verifyAuth())).value.user.username, 'ada');
  await assert.rejects(inRequest({ as }, () => session.deleteSession()), /deleteSession\(\)/);
  const left = await inRequest({ as, kind: 'action' }, () => session.logout('/bye'));
  assert.equal(left.redirect, '/bye');
  assert.doesNotMatch(left.cookieHeader, /session-/);
  assert.equal((await inRequest({ as }, () => session.getSession())).value, null, 'the copy is out, too');
});

test('tests at the same time have requests of their own', async () => {
  const session = made('parallel');
  const users = ['ada', 'grace', 'hedy'];
  const seen = await Promise.all(users.map(async (name) => {
    const as = await signIn(session, name);
    return (await inRequest({ as }, async () => (await session.verifySession()).userId)).value;
  }));
  assert.deepEqual(seen, users);
});

test('what is thrown in a test arrives as it is', async () => {
  await assert.rejects(inRequest({}, () => Promise.reject(new RangeError('mine'))), RangeError);
});

test('the fake clock moves a session to its end, and back', async (t) => {
  const clock = fakeClock(new Date('2030-01-01T00:00:00Z'));
  t.after(() => clock.restore());
  const session = made('clock', { idle: '14d' });
  const as = await signIn(session, 'ada');
  const alive = async () => (await inRequest({ as }, () => session.getSession())).value !== null;
  assert.equal(as.session.createdAt.toISOString(), '2030-01-01T00:00:00.000Z');
  clock.advance('13d');
  assert.equal(await alive(), true);
  clock.advance(2 * DAY / 1000);
  assert.equal(await alive(), false);
  assert.throws(() => clock.advance('soon'), /a duration such as '15m' or 900/);
  clock.restore();
  assert.ok(Date.now() < Date.parse('2030-01-01'));
});

test('a component is given a user, or a visitor', () => {
  const { initialSession, initialUser } = sessionProps({ id: 'u1', username: 'ada' }, { expiresIn: '1h' });
  assert.deepEqual([initialSession.userId, initialUser], ['u1', { id: 'u1', username: 'ada' }]);
  assert.ok(Math.abs(initialSession.expiresAt - Date.now() - 3_600_000) < 60_000);
  assert.deepEqual(sessionProps(null), { initialSession: null, initialUser: null });
});

test('N10: jsdom, which asks for `browser`, gets CommonJS: parts of it work, the others say where they do', () => {
  const code = `
    const { fakeClock, sessionProps, signIn } = require('latchkey/testing');
    const told = (f) => { try { return f(); } catch (e) { return e.code; } };
    fakeClock(0);
    console.log(sessionProps({ id: '1' }).initialSession.expiresAt, told(() => signIn({})), told(() => new (require('latchkey').Sessions)({})));`;
  const out = execFileSync(process.execPath, ['-C', 'browser', '-e', code], { cwd, encoding: 'utf8' });
  assert.equal(out, '3600000 ERR_LATCHKEY_NEEDS_NODE ERR_LATCHKEY_NEEDS_NODE\n');
});

test('CommonJS and ES modules share sessions: the state is in one copy', async () => {
  const code = `(async () => {
    const esm = await import('latchkey'), cjs = require('latchkey');
    const options = { store: 'memory:shared', publicUrl: 'http://localhost:3000' };
    const { token } = await new esm.Sessions(options).create('u1');
    console.log(new cjs.Sessions(options).validate(token).state, esm.Sessions === cjs.Sessions,
      (await import('latchkey/testing')).signIn === require('latchkey/testing').signIn);
  })()`;
  const out = execFileSync(process.execPath, ['-e', code], { cwd, encoding: 'utf8' });
  assert.equal(out, 'active true true\n');
});
