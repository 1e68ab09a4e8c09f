// The same random calls against lucia 3.2.2 on better-sqlite3 and against ours, with one frozen
// clock: results, rows and cookies are equal. What differs on purpose is left out of the calls and
// tested in lucia.test.mjs.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as ours from 'latchkey/lucia';
import { CALLS, outcome, pass, plain, validate } from './support/lucia_calls.mjs';
import { luciaFile, sql, TABLES } from './support/lucia_tables.mjs';
import { importPeer, requirePeer } from './support/peers.mjs';
import { generator } from './support/random.mjs';

const real = await importPeer('lucia');
const { BetterSqlite3Adapter } = await importPeer('@lucia-auth/adapter-sqlite');
const Database = requirePeer('better-sqlite3');
const NAMES = { user: 'user', session: 'session' };
const START = 1_700_000_000_123;
const DAY = 86_400_000;

const options = (lucia, seed) => ({
  ...(seed % 3 === 0 ? {} : { sessionExpiresIn: new lucia.TimeSpan(1 + (seed % 5), 'd') }),
  sessionCookie: {
    ...(seed % 2 ? { name: 'sid' } : {}),
    expires: seed % 4 !== 1,
    attributes: seed % 5 ? {} : { secure: false, sameSite: 'strict', domain: 'example.com' },
  },
  getSessionAttributes: ({ country }) => ({ country }),
  getUserAttributes: ({ username }) => ({ username }),
});

// Each side: a Lucia and a way to see its rows.
function sides(t, seed) {
  const peer = new Database(':memory:');
  peer.exec(TABLES);
  const through = new Database(':memory:');
  through.exec(TABLES);
  const path = luciaFile(t);
  const file = ours.sqlite(path);
  t.after(() => file.close());
  const rows = 'SELECT * FROM session ORDER BY id';
  return [
    {
      lucia: new real.Lucia(new BetterSqlite3Adapter(peer, NAMES), options(real, seed)),
      rows: () => peer.prepare(rows).all(),
    },
    {
      lucia: new ours.Lucia(ours.sqlite(through), options(ours, seed)),
      rows: () => through.prepare(rows).all(),
    },
    { lucia: new ours.Lucia(file, options(ours, seed)), rows: () => sql(path, rows) },
    {
      // An adapter of old: only the seven calls.
      lucia: new ours.Lucia(
        new BetterSqlite3Adapter(memoryCopy(), NAMES),
        options(ours, seed),
      ),
      rows: null,
    },
  ];
}

function memoryCopy() {
  const database = new Database(':memory:');
  database.exec(TABLES);
  return database;
}

// What the random calls met, so that they are known to have met something.
const seen = { live: 0, fresh: 0, threw: 0 };

for (let seed = 0; seed < 8; ++seed) {
  test(`random calls have equal results (seed ${seed})`, async (t) => {
    t.mock.timers.enable({ apis: ['Date'], now: START });
    const pick = generator(seed);
    const [peer, ...others] = sides(t, seed);
    const ids = [];
    for (let step = 0; step < 400; ++step) {
      pass(t, pick);
      const call = CALLS[pick(CALLS.length)](ids, pick);
      if (call === null) continue;
      const expected = await outcome(() => call(peer.lucia));
      for (const other of others) {
        assert.deepEqual(await outcome(() => call(other.lucia)), expected, `${step} ${call}`);
      }
      seen.live += expected?.session ? 1 : 0;
      seen.fresh += expected?.session?.fresh ? 1 : 0;
      seen.threw += expected?.threw ? 1 : 0;
      if (step % 20 === 0) {
        for (const { rows } of others) if (rows) assert.deepEqual(rows(), peer.rows());
      }
    }
  });
}

test('the random calls met live, renewed and refused sessions', () => {
  assert.ok(seen.live > 50 && seen.fresh > 5 && seen.threw > 20, JSON.stringify(seen));
});

test('a session is renewed and ends at the same millisecond', async (t) => {
  for (const offset of [15 * DAY - 1, 15 * DAY, 30 * DAY - 1, 30 * DAY]) {
    t.mock.timers.enable({ apis: ['Date'], now: 1_700_000_000_000 });
    const [peer, ...others] = sides(t, 0);
    for (const side of [peer, ...others]) {
      await side.lucia.createSession('u1', {}, { sessionId: 's1' });
    }
    t.mock.timers.tick(offset);
    const expected = await outcome(() => validate(peer.lucia, 's1'));
    for (const other of others) {
      assert.deepEqual(await outcome(() => validate(other.lucia, 's1')), expected);
    }
    const fresh = { [15 * DAY - 1]: false, [30 * DAY]: undefined };
    assert.equal(expected.session?.fresh, offset in fresh ? fresh[offset] : true);
    t.mock.timers.reset();
  }
});

test('origins are judged alike', () => {
  const origins = ['', 'null', 'http://example.com', 'https://example.com', 'http://example.com:80',
    'https://example.com:443', 'http://example.com:443', 'https://EXAMPLE.com', 'file:///x', 'ftp://x',
    'https://a.example.com', 'https://example.com.', 'https://user@example.com', 'https://b\u00fccher.de',
    'https://xn--bcher-kva.de', 'chrome-extension://abc', 'https://[::1]:3000', 'no url', 'https://'];
  const domains = ['example.com', 'https://example.com', 'http://example.com/path', 'example.com:80',
    'example.com:443', '', 'abc', 'xn--bcher-kva.de', '[::1]:3000', 'EXAMPLE.COM', 'x', 'a b'];
  for (const origin of origins) {
    assert.equal(ours.verifyRequestOrigin(origin, []), real.verifyRequestOrigin(origin, []));
    for (const domain of domains) {
      const expected = real.verifyRequestOrigin(origin, [domain]);
      assert.equal(ours.verifyRequestOrigin(origin, [domain]), expected, `${origin} ${domain}`);
    }
  }
});

test('time spans and cookies are made alike', () => {
  for (const unit of ['ms', 's', 'm', 'h', 'd', 'w', 'other']) {
    for (const value of [0, 1, 1.5, 30]) {
      const [a, b] = [new real.TimeSpan(value, unit), new ours.TimeSpan(value, unit)];
      assert.equal(b.milliseconds(), a.milliseconds());
      assert.equal(b.seconds(), a.seconds());
      assert.equal(b.transform(0.3).milliseconds(), a.transform(0.3).milliseconds());
      assert.deepEqual({ ...b }, { ...a });
    }
  }
  for (const attributes of [{}, { maxAge: 0 }, { maxAge: 1.5, path: '/a', domain: 'b.c' },
    { sameSite: 'none', secure: true, httpOnly: false }, { expires: new Date(5), sameSite: 'lax' }]) {
    const [a, b] = [real.Cookie, ours.Cookie].map((C) => new C('n a', 'v=\u00e4;', attributes));
    assert.equal(b.serialize(), a.serialize());
    assert.deepEqual({ ...b }, { ...a });
  }
});

test('ids have the same form, and passwords verify in both directions', async () => {
  for (const size of [0, 1, 2, 3, 4, 5, 8, 10, 25]) {
    const [a, b] = [real, ours].map((lucia) => lucia.generateIdFromEntropySize(size));
    assert.equal(b.length, a.length);
    assert.match(b, /^[a-z2-7]*$/);
  }
  assert.match(ours.generateId(40), /^[a-z0-9]{40}$/);
  for (const kind of ['Scrypt', 'LegacyScrypt']) {
    const [a, b] = [new real[kind](), new ours[kind]()];
    const password = 'p\u00e4ss \ufb01';
    const [theirs, made] = await Promise.all([a.hash(password), b.hash(password)]);
    assert.equal(await b.verify(theirs, password), true);
    assert.equal(await a.verify(made, password), true);
    assert.equal(await b.verify(theirs, 'other'), false);
  }
});
