// What Sessions tells of its cookie, its housekeeping and its options, and what log-ins are refused with.
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { test } from 'node:test';
import { Sessions } from 'latchkey';
import { toRejection } from '../dist/accounts.js';

let stores = 0;
const make = (options = {}) =>
  new Sessions({ store: `memory:sessions_edges${++stores}`, publicUrl: 'https://app.example.com', ...options });

test('the cookie is told as it is written', () => {
  assert.deepEqual(make().cookie, { name: '__Host-session', secure: true, httpOnly: true, sameSite: 'lax', path: '/' });
  const { domain } = make({ cookie: { domain: 'example.com' } }).cookie;
  assert.equal(domain, 'example.com');
  const { partitioned, sameSite } = make({ cookie: { sameSite: 'none', partitioned: true } }).cookie;
  assert.deepEqual([partitioned, sameSite], [true, 'none']);
});

test('rows long past their deadline are deleted and counted, others are not', async (t) => {
  t.mock.timers.enable({ apis: ['Date'], now: 1_700_000_000_000 });
  const sessions = make({ idle: '1h', absolute: '2h' });
  for (const userId of ['ada', 'ben']) await sessions.create(userId);
  t.mock.timers.tick(3 * 3_600_000);
  assert.equal(await sessions.prune(), 0, 'not yet');
  t.mock.timers.tick(25 * 3_600_000);
  assert.equal(await sessions.prune(), 2);
  assert.equal(await sessions.prune(), 0);
});

test('validate takes each option for what it is', async (t) => {
  t.mock.timers.enable({ apis: ['Date'], now: 1_700_000_000_000 });
  const sessions = make({ idle: '1h' });
  const { token, user } = await sessions.accounts.signUp({ username: 'ada', password: 'correct horse battery staple' });
  assert.equal(sessions.validate(token).user, null);
  assert.equal(sessions.validate(token, { withUser: true }).user.id, user.id);
  const endOf = () => sessions.validate(token, { touch: false }).session.idleExpiresAt.getTime();
  const first = endOf();
  t.mock.timers.tick(30 * 60_000);
  assert.equal(endOf(), first);
  sessions.validate(token);
  await sessions.flush();
  assert.equal(endOf(), first + 30 * 60_000);
});

test('a snapshot is believed only where that was asked for, and never where fresh was', async () => {
  const secret = randomBytes(32).toString('base64url');
  const sessions = make({ carrier: 'hybrid', secret, snapshot: '1m' });
  const { token, session } = await sessions.create('ada');
  const cookie = sessions.readCookie(sessions.setCookie(token, session).split(';')[0]);
  // One that knows nothing of snapshots does not tell those who believe them.
  await make({ store: `memory:sessions_edges${stores}`, carrier: 'stored' }).revoke({ id: session.id });
  for (const [asked, state] of [[{ snapshotOk: true }, 'active'], [{ snapshotOk: true, fresh: true }, 'revoked'], [{}, 'revoked']]) {
    assert.equal((await sessions.validateAsync(cookie, { ...asked, touch: false })).state, state, JSON.stringify(asked));
  }
});

test('a password that is wrong changes nothing, and the right one leaves one session', async () => {
  const sessions = make();
  const password = 'correct horse battery staple';
  const { token, rejection: none } = await sessions.accounts.signUp({ username: 'ada', password });
  assert.equal(none, null);
  const nobody = await sessions.accounts.logIn({ username: 'ada', password: 'not this one' });
  assert.deepEqual({ ...nobody, rejection: nobody.rejection.code },
    { rejection: 'wrong_credentials', user: null, token: null, session: null });
  const refused = await sessions.accounts.changePassword(token, { current: 'not this one', replacement: `${password} 2` });
  assert.deepEqual([refused.rejection.code, refused.kept], ['wrong_credentials', null]);
  assert.equal(sessions.validate(token).state, 'active');
  const { rejection, kept } = await sessions.accounts.changePassword(token, { current: password, replacement: `${password} 2` });
  assert.equal(rejection, null);
  assert.equal(sessions.validate(kept.token).session.id, kept.session.id);
});

test('what a form is told: the field at fault, and when to try again', () => {
  assert.equal(toRejection(null), null);
  assert.deepEqual(toRejection(['password_too_short', 'm', 0]), { code: 'password_too_short', message: 'm', field: 'password' });
  assert.deepEqual(toRejection(['username_taken', 'm', 0]), { code: 'username_taken', message: 'm', field: 'username' });
  assert.deepEqual(toRejection(['too_many', 'm', 30]), { code: 'too_many', message: 'm', field: null, retryAfter: 30 });
});

test('what an answer calls the session can stand for its token in the next call', async () => {
  const sessions = make();
  const { token, session } = await sessions.create('ada');
  const named = {
    create: session, validate: sessions.validate(token).session,
    update: (await sessions.update(token, { a: 1 })).session, touch: (await sessions.touch(token)).session,
    'update of an answer': (await sessions.update((await sessions.touch(token)).session, { a: 2 })).session,
    revokeOthers: (await sessions.revokeOthers(token)).kept.session,
  };
  for (const [name, from] of Object.entries(named)) {
    const phone = await sessions.create('ada');
    assert.deepEqual((await sessions.revokeOthers(from)).ids, [phone.session.id], name);
  }
  await assert.rejects(sessions.revokeOthers({ id: session.id }), /./, 'an id is no proof');
});
