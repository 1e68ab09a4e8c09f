// What lucia 3.2.2 does with odd input, beside what latchkey/lucia does: the rows of the table in
// docs/npm/lucia.md (P-D7). And what is refused, with the words that help.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as ours from 'latchkey/lucia';
import { luciaFile, sql, TABLES } from './support/lucia_tables.mjs';
import { importPeer, requirePeer } from './support/peers.mjs';

const real = await importPeer('lucia');
const Database = requirePeer('better-sqlite3');
const THROWS = Symbol('throws');

// An adapter that remembers what it was told to store.
function remembering() {
  const stored = [];
  return { stored, setSession: async (session) => void stored.push(session) };
}

async function attempt(call, lucia) {
  try {
    return await call(lucia);
  } catch {
    return THROWS;
  }
}

const make = (lucia, options) => new lucia.Lucia(remembering(), options);
const bearer = (header) => (lucia) => make(lucia).readBearerToken(header);
const cookie = (header) => (lucia) => make(lucia).readSessionCookie(header);
const maxAge = (sessionCookie) => (lucia) =>
  make(lucia, { sessionCookie }).createSessionCookie('a').attributes.maxAge;
const stored = (...given) => async (lucia) => {
  const adapter = remembering();
  await new lucia.Lucia(adapter).createSession(...given);
  return adapter.stored[0].attributes;
};
const MONTH = 30 * 86_400;

const SAME = {
  'Bearer a': [bearer('Bearer a'), 'a'],
  'Bearer a b': [bearer('Bearer a b'), 'a'],
  'Bearer a,b': [bearer('Bearer a,b'), 'a,b'],
  Bearer: [bearer('Bearer'), null],
  'Basic a': [bearer('Basic a'), null],
  'new Lucia(adapter, null)': [(lucia) => make(lucia, null).sessionCookieName, 'auth_session'],
  'getSessionAttributes: false': [
    async (lucia) => {
      const auth = make(lucia, { getSessionAttributes: false, getUserAttributes: 0 });
      return Object.keys(await auth.createSession('u', {})).sort().join();
    },
    'expiresAt,fresh,id,userId',
  ],
  'expires: 0 is not false': [maxAge({ expires: 0 }), MONTH],
  'expires: false': [maxAge({ expires: false }), 400 * 86_400],
  'options of createSession are null': [
    async (lucia) => (await make(lucia).createSession('u', {}, null)).id.length,
    40,
  ],
  'new Cookie without attributes': [(lucia) => new lucia.Cookie('n', 'v').serialize(), 'n=v'],
  'generateId of a fraction': [(lucia) => lucia.generateId(1.5).length, 2],
};

// What lucia does, and what is done here.
const DIFFERENT = {
  'bearer a': [bearer('bearer a'), null, 'a'],
  'Bearer  a': [bearer('Bearer  a'), '', 'a'],
  'Bearer and a blank': [bearer('Bearer '), '', null],
  'no Authorization': [bearer(null), THROWS, null],
  'no blank before': [cookie('a=1;auth_session=abc'), null, 'abc'],
  'two blanks before': [cookie('a=1;  auth_session=abc'), null, 'abc'],
  'a blank behind the name': [cookie('auth_session =abc'), null, 'abc'],
  'blanks around the value': [cookie('auth_session= abc '), ' abc ', 'abc'],
  'a semicolon at the end': [cookie('auth_session=abc;'), 'abc;', 'abc'],
  'a second equals sign': [cookie('auth_session=a=b'), 'a', 'a=b'],
  'an empty cookie': [cookie('auth_session='), '', null],
  'its own bare %': [cookie('auth_session=a%'), THROWS, 'a%'],
  'a bare % of another': [cookie('x=%; auth_session=a'), THROWS, 'a'],
  'an encoded name': [cookie('auth%5Fsession=x'), 'x', null],
  'no Cookie': [cookie(null), THROWS, null],
  'attributes undefined': [stored('u', undefined), undefined, {}],
  'attributes null': [stored('u', null), null, {}],
  'createSession(undefined)': [stored(undefined, {}), {}, THROWS],
  'createSessionCookie(undefined)': [
    (lucia) => make(lucia).createSessionCookie(undefined).value,
    undefined,
    THROWS,
  ],
  'an id of no length': [(lucia) => lucia.generateIdFromEntropySize(undefined), '', THROWS],
};

test('odd input does what it does in lucia, where that is harmless', async () => {
  for (const [what, [call, expected]] of Object.entries(SAME)) {
    assert.deepEqual(await attempt(call, real), expected, `lucia: ${what}`);
    assert.deepEqual(await attempt(call, ours), expected, what);
  }
});

test('what differs is in the table of the page', async () => {
  for (const [what, [call, theirs, here]] of Object.entries(DIFFERENT)) {
    assert.deepEqual(await attempt(call, real), theirs, `lucia: ${what}`);
    assert.deepEqual(await attempt(call, ours), here, what);
  }
});

const NOBODY = [undefined, null, NaN, Infinity, '', true, () => 1, Symbol('s')];
const OBJECTS = [{ id: 5 }, [1], new Date(0)];

function adapters(t) {
  const database = new Database(':memory:');
  database.exec(TABLES);
  const file = ours.sqlite(luciaFile(t));
  t.after(() => file.close());
  return [file, ours.sqlite(database)];
}

test('nobody is no user, whatever is done to sessions', async (t) => {
  const refusal = { code: 'ERR_LATCHKEY_INVALID_ARGUMENT', message: /^userId: text, a finite number or a bigint is expected, not / };
  for (const adapter of adapters(t)) {
    const auth = new ours.Lucia(adapter);
    const kept = await auth.createSession('u1', {});
    for (const user of [...NOBODY, ...OBJECTS]) {
      await assert.rejects(auth.createSession(user, {}), refusal);
      await assert.rejects(auth.getUserSessions(user), refusal);
      await assert.rejects(auth.invalidateUserSessions(user), refusal);
      await assert.rejects(auth.invalidateOtherSessions(user, kept.id), refusal);
    }
    for (const user of NOBODY) {
      await assert.rejects(auth.attachGuestSession(kept.id, user, {}), refusal);
    }
    await assert.rejects(auth.invalidateOtherSessions('u1', undefined), {
      code: 'ERR_LATCHKEY_INVALID_ARGUMENT',
      message: 'sessionId: text is expected, not undefined',
    });
    assert.equal((await auth.getUserSessions('u1')).length, 1);
  }
});

test('an adapter that is not ours may have objects for ids', async () => {
  const adapter = remembering();
  class ObjectId {}
  const id = new ObjectId();
  assert.equal((await new ours.Lucia(adapter).createSession(id, {})).userId, id);
  assert.equal(adapter.stored.length, 1);
});

test('a guest needs no user where the table demands none', async (t) => {
  const path = luciaFile(t, `CREATE TABLE user(id TEXT PRIMARY KEY);
    CREATE TABLE session(id TEXT PRIMARY KEY, expires_at INTEGER NOT NULL, user_id TEXT)`);
  const adapter = ours.sqlite(path);
  t.after(() => adapter.close());
  await new ours.Lucia(adapter).createGuestSession({});
  assert.deepEqual(sql(path, 'SELECT user_id FROM session'), [{ user_id: null }]);
});

test('what is no database is refused at once, and told what to pass', () => {
  const drizzle = { select: () => {}, $client: new Database(':memory:') };
  class DatabaseSync {
    prepare() {}
  }
  const REFUSED = [
    [() => ours.sqlite(drizzle), /pass its better-sqlite3 Database, `db\.\$client`/],
    [() => ours.sqlite(new DatabaseSync()), /node:sqlite: pass the path of the file/],
    [() => ours.sqlite(undefined), /the path of an SQLite file, or a better-sqlite3 Database; this is undefined/],
    [() => ours.sqlite(null), /this is null/],
    [() => ours.sqlite({}), /this is object/],
    [() => ours.sqlite(5), /this is number/],
    [() => ours.sqlite(''), /the path of a file that has Lucia's tables, and no empty text/],
    [() => ours.sqlite('sqlite:'), /and no empty text/],
    [() => ours.postgres({ query: () => {} }), /a URL such as postgres:.*adapter-postgresql/],
    [() => ours.postgres(undefined), /a URL such as postgres:/],
    [() => ours.postgres('mysql://db'), /a URL such as postgres:/],
    [() => ours.redis(undefined), /a URL such as redis:/],
    [() => ours.redis({ get: () => {} }), /a URL such as redis:/],
  ];
  for (const [make, message] of REFUSED) {
    assert.throws(make, { code: 'ERR_LATCHKEY_BAD_CONFIG', message });
  }
});
