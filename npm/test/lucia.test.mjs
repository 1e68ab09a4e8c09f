// What latchkey/lucia does beyond Lucia 3, and where it differs on purpose (docs/npm/lucia.md).
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { test } from 'node:test';
import * as lucia from 'latchkey/lucia';
import { Lucia, sqlite, TimeSpan } from 'latchkey/lucia';
import { luciaFile, sql } from './support/lucia_tables.mjs';
import { requirePeer } from './support/peers.mjs';

const Database = requirePeer('better-sqlite3');
const START = 1_700_000_000_000;
const HOUR = 3_600_000;
const DAY = 24 * HOUR;

function open(t, options = {}, tables = {}) {
  const path = luciaFile(t);
  const adapter = sqlite(path, tables);
  t.after(() => adapter.close());
  return { path, adapter, auth: new Lucia(adapter, options) };
}

const freeze = (t) => t.mock.timers.enable({ apis: ['Date'], now: START });

test('the exports are those of lucia, and the adapters', () => {
  assert.deepEqual(Object.keys(lucia).sort(), [
    'Cookie',
    'LegacyScrypt',
    'Lucia',
    'Scrypt',
    'TimeSpan',
    'generateId',
    'generateIdFromEntropySize',
    'postgres',
    'redis',
    'sqlite',
    'verifyRequestOrigin',
  ]);
});

test('an absolute limit ends a session that is used all the time', async (t) => {
  freeze(t);
  const absoluteExpiresIn = new TimeSpan(12, 'h');
  const { auth } = open(t, { sessionExpiresIn: new TimeSpan(1, 'h'), absoluteExpiresIn });
  const { id } = await auth.createSession('u1', {});
  for (let minutes = 30; minutes < 12 * 60; minutes += 30) {
    t.mock.timers.tick(HOUR / 2);
    const { session } = await auth.validateSession(id);
    assert.ok(session !== null, `${minutes} minutes`);
    assert.ok(session.expiresAt.getTime() <= START + 12 * HOUR);
  }
  t.mock.timers.tick(HOUR / 2 - 1);
  assert.ok((await auth.validateSession(id)).session);
  t.mock.timers.tick(1);
  assert.deepEqual(await auth.validateSession(id), { session: null, user: null });
});

test('the cookie of a limited session does not outlive it', async (t) => {
  freeze(t);
  const { auth } = open(t, { absoluteExpiresIn: new TimeSpan(12, 'h') });
  const { id, expiresAt } = await auth.createSession('u1', {});
  assert.equal(expiresAt.getTime(), START + 12 * HOUR);
  t.mock.timers.tick(2 * HOUR);
  assert.equal(auth.createSessionCookie(id).attributes.maxAge, 10 * 3600);
});

test('a session may have a lifetime of its own, which renewals keep', async (t) => {
  freeze(t);
  const { auth } = open(t);
  const short = await auth.createSession('u1', {}, { expiresIn: new TimeSpan(1, 'h') });
  assert.equal(short.expiresAt.getTime(), START + HOUR);
  assert.equal(auth.createSessionCookie(short.id).attributes.maxAge, 3600);
  t.mock.timers.tick(HOUR / 2);
  const { session } = await auth.validateSession(short.id);
  assert.equal(session.expiresAt.getTime(), START + 1.5 * HOUR);
  t.mock.timers.tick(HOUR);
  assert.equal((await auth.validateSession(short.id)).session, null);
});

test('touch: false only looks', async (t) => {
  freeze(t);
  const { auth, path } = open(t);
  const { id } = await auth.createSession('u1', {});
  const before = sql(path, 'SELECT * FROM session');
  t.mock.timers.tick(20 * DAY);
  const { session } = await auth.validateSession(id, { touch: false });
  assert.equal(session.fresh, false);
  t.mock.timers.tick(20 * DAY);
  assert.equal((await auth.validateSession(id, { touch: false })).session, null);
  assert.deepEqual(sql(path, 'SELECT * FROM session'), before);
});

test('a session is found without its user, and the user is not deleted for it', async (t) => {
  const { auth, path } = open(t);
  const { id } = await auth.createSession('u1', {});
  sql(path, "PRAGMA foreign_keys=OFF; DELETE FROM user WHERE id='u1'");
  const found = await auth.validateSession(id, { user: false });
  assert.equal(found.session.userId, 'u1');
  assert.equal(found.user, null);
  assert.equal((await auth.validateSession(id)).session, null);
  assert.equal((await auth.validateSession(id, { user: false })).session, null);
});

test('the other sessions of a user end in one statement, or one by one', async (t) => {
  const { auth, adapter } = open(t);
  const old = Object.fromEntries(
    ['getUserSessions', 'getSessionAndUser', 'setSession', 'deleteSession', 'deleteUserSessions',
      'updateSessionExpiration'].map((name) => [name, adapter[name].bind(adapter)]),
  );
  for (const either of [auth, new Lucia(old)]) {
    const kept = await either.createSession('u1', {});
    await either.createSession('u1', {});
    const foreign = await either.createSession('u2', {});
    await either.invalidateOtherSessions('u1', kept.id);
    assert.deepEqual((await either.getUserSessions('u1')).map(({ id }) => id), [kept.id]);
    assert.ok((await either.validateSession(foreign.id)).session);
    await either.invalidateUserSessions('u1');
  }
});

test('attributes of a session change without a new login', async (t) => {
  const getSessionAttributes = ({ country }) => ({ country });
  const { auth } = open(t, { getSessionAttributes });
  const { id } = await auth.createSession('u1', { country: 'us' });
  assert.equal(await auth.updateSession(id, { country: 'de' }), true);
  assert.equal((await auth.validateSession(id)).session.country, 'de');
  assert.equal(await auth.updateSession('unknown', { country: 'de' }), false);
  const old = new Lucia({});
  await assert.rejects(old.updateSession(id, {}), { code: 'ERR_LATCHKEY_UNSUPPORTED' });
});

test('a guest is no user until it is attached', async (t) => {
  const { auth, path } = open(t, { guestUserId: 'guest' });
  sql(path, "INSERT INTO user VALUES('guest', 'guest')");
  const guest = await auth.createGuestSession({});
  assert.equal('userId' in guest, false);
  assert.deepEqual(await auth.validateSession(guest.id), { session: null, user: null });
  assert.equal((await auth.validateGuestSession(guest.id)).id, guest.id);
  const session = await auth.attachGuestSession(guest.id, 'u1', {});
  assert.notEqual(session.id, guest.id);
  assert.equal((await auth.validateSession(session.id)).user.id, 'u1');
  assert.equal(await auth.validateGuestSession(guest.id), null);
  assert.equal(await auth.attachGuestSession(guest.id, 'u1', {}), null);
  assert.equal(await auth.validateGuestSession(session.id), null);
});

test('fresh is signalled until a cookie was written', async (t) => {
  freeze(t);
  const { auth } = open(t);
  const { id } = await auth.createSession('u1', {});
  t.mock.timers.tick(16 * DAY);
  const fresh = async () => (await auth.validateSession(id)).session.fresh;
  assert.equal(await fresh(), true);
  assert.equal(await fresh(), true);
  // A page that is being rendered: the cookie is made, and setting it throws.
  const refused = auth.createSessionCookie(id);
  assert.equal(refused.value, id);
  assert.equal(await fresh(), true);
  assert.match(auth.createSessionCookie(id).serialize(), /Max-Age=2592000/);
  assert.equal(await fresh(), false);
});

test('ids are stored as hashes when the table holds hashes', async (t) => {
  const { auth, path } = open(t, {}, { hashed: true });
  const { id } = await auth.createSession('u1', {});
  const hash = createHash('sha256').update(id).digest('hex');
  assert.deepEqual(sql(path, 'SELECT id FROM session'), [{ id: hash }]);
  assert.equal((await auth.validateSession(id)).session.id, id);
  assert.equal((await auth.validateSession(hash)).session, null);
  await auth.invalidateOtherSessions('u1', id);
  assert.ok((await auth.validateSession(id)).session);
  const [listed] = await auth.getUserSessions('u1');
  await auth.invalidateSession(listed.id);
  assert.equal((await auth.validateSession(id)).session, null);
});

test('reserved attributes and unknown columns are refused', async (t) => {
  const { auth } = open(t);
  const database = new Database(':memory:');
  database.exec(`CREATE TABLE user(id TEXT PRIMARY KEY);
    CREATE TABLE session(id TEXT PRIMARY KEY, expires_at INTEGER, user_id TEXT)`);
  for (const either of [auth, new Lucia(sqlite(database))]) {
    for (const name of ['id', 'user_id', 'expires_at', 'ID', 'x` = 1 --', 'none"']) {
      const refused = either.createSession('u1', { [name]: 'x' });
      await assert.rejects(refused, { code: 'ERR_LATCHKEY_INVALID_ARGUMENT' }, name);
    }
    await assert.rejects(either.createSession('u1', {}, { sessionId: '' }));
  }
});

test('what SQLite has no type for is stored as Lucia documents it', async (t) => {
  const path = luciaFile(t, `CREATE TABLE user(id INTEGER PRIMARY KEY);
    CREATE TABLE session(id TEXT PRIMARY KEY, expires_at INTEGER, user_id INTEGER,
      flag INTEGER, at INTEGER, big INTEGER, real REAL, bytes BLOB);
    INSERT INTO user VALUES(7)`);
  const adapter = sqlite(path);
  t.after(() => adapter.close());
  const auth = new Lucia(adapter, { getSessionAttributes: (row) => row });
  const attributes = { flag: true, at: new Date(START), big: 5n, real: 1.5 };
  const { id } = await auth.createSession(7, { ...attributes, bytes: new Uint8Array([1, 0]) });
  const { session, user } = await auth.validateSession(id);
  assert.equal(user.id, 7);
  assert.equal(session.userId, 7);
  assert.equal(session.flag, 1);
  assert.equal(session.at, START / 1000);
  assert.equal(session.big, 5);
  assert.equal(session.real, 1.5);
  assert.deepEqual(session.bytes, Buffer.from([1, 0]));
  await assert.rejects(auth.createSession(7, { flag: Symbol('x') }), TypeError);
});

test('no cookie and no header throws, and odd ones are read by the standards', () => {
  const auth = new Lucia({});
  const cookie = (header) => auth.readSessionCookie(header);
  assert.equal(cookie('a=1;auth_session=abc'), 'abc');
  assert.equal(cookie('auth_session=a=b'), 'a=b');
  assert.equal(cookie('auth_session=a; auth_session=b'), 'b');
  assert.equal(cookie('auth_session='), null);
  assert.equal(cookie('auth_session'), null);
  assert.equal(cookie('other=%; auth_session=abc'), 'abc');
  assert.equal(cookie('auth_session=%'), '%');
  assert.equal(cookie('auth%5Fsession=x'), null);
  const bearer = (header) => auth.readBearerToken(header);
  assert.equal(bearer('bearer abc'), 'abc');
  assert.equal(bearer('Bearer\tabc'), 'abc');
  assert.equal(bearer('Bearer  abc'), 'abc');
  assert.equal(bearer('Bearer '), null);
  assert.equal(bearer('Basic abc'), null);
});

// By the square of the blanks this would take minutes.
test('M3: many blanks in a header cost no more than other text', () => {
  const auth = new Lucia({});
  const blanks = ' \t'.repeat(1e6);
  assert.equal(auth.readSessionCookie(`a=${blanks}b; auth_session=${blanks}abc${blanks}`), 'abc');
  assert.equal(auth.readSessionCookie(`${blanks}a${blanks}b=c; auth_session=abc`), 'abc');
  assert.equal(auth.readBearerToken(`bearer${blanks}a${blanks}b`), 'a');
});

test('whatever is no id opens nothing and throws nothing', async (t) => {
  const { auth } = open(t);
  for (const id of [undefined, null, 5, {}, [], '', 'a\0b', '\ud800', 'x'.repeat(1e6)]) {
    assert.deepEqual(await auth.validateSession(id), { session: null, user: null });
  }
});

test('known password hashes verify, and broken ones are no match', async () => {
  const salt = '00112233445566778899aabbccddeeff';
  const plain =
    'f5b22309b28fe412c82a4b2cab57498b8f8a42c849af16cb908974048f61c13933421858db3a8f111430bdc493c7ce' +
    'f90f61f904061c77206e3820a2e8b11bc2';
  const nfkc =
    '9d048147232a31c270315a46ec1af0e3623618f6677ee31207febf30e87eba8e3e5c709476eb111fd04ddfb7e4bf12' +
    'fe5718a7235ca748c7afda1e16beff70de';
  const legacy =
    '6e2835ba17df191d6b0f74ad98ebcba22ce0a56935b9778e0f0bcc0a6d75577b27a750645595005a69aac8cbe13657' +
    'f895934187ccfb0ca54d57c49036d0d8ef';
  const scrypt = new lucia.Scrypt();
  assert.equal(await scrypt.verify(`${salt}:${plain}`, 'correct horse battery staple'), true);
  assert.equal(await scrypt.verify(`${salt}:${nfkc}`, '\ufb01anc\u00e9 \u2167'), true);
  assert.equal(await new lucia.LegacyScrypt().verify(`${salt}:${legacy}`, 'pw'), true);
  for (const broken of ['', ':', salt, `${salt}:${plain}:`, `${salt}:zz`, `${salt}:${plain}0`]) {
    assert.equal(await scrypt.verify(broken, 'correct horse battery staple'), false, broken);
  }
  assert.equal((await scrypt.hash('pw')).length, 161);
});

test('a signed-out session does not come back from a renewal that was under way', async (t) => {
  freeze(t);
  const { auth, path } = open(t);
  for (let i = 0; i < 200; ++i) {
    const { id } = await auth.createSession('u1', {});
    t.mock.timers.tick(16 * DAY);
    await Promise.all([auth.validateSession(id), auth.invalidateSession(id)]);
  }
  assert.deepEqual(sql(path, 'SELECT * FROM session'), []);
});

test('the indexes Lucia lacks are added on demand', async (t) => {
  const { adapter, path } = open(t);
  await adapter.addIndexes();
  const plan = JSON.stringify(sql(path, 'SELECT name FROM sqlite_master'));
  assert.match(plan, /session_by_user_id/);
  assert.match(plan, /session_by_expires_at/);
});
