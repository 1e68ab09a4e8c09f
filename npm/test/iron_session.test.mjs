// What latchkey/iron-session adds to iron-session: revocation, promises of cookies, edge runtimes.
import assert from 'node:assert/strict';
import { createCipheriv, createHmac, pbkdf2Sync } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import * as peer from '../test/peers/node_modules/iron-session/dist/index.js';
import { freeze, irons } from './support/codecs.mjs';

const password = 'Gbm49ATjnqnkCCCdhV4uDBhbfnPqsCW0';
const base = { cookieName: 'sid', password };

function browser() {
  const cookies = new Map();
  return {
    cookies,
    get: (name) => (cookies.has(name) ? { name, value: cookies.get(name) } : undefined),
    set: (name, value, { maxAge }) =>
      maxAge === 0 ? cookies.delete(name) : cookies.set(name, value),
  };
}

function memory() {
  const denied = new Map();
  return {
    denied,
    deny: async (key, until) => void denied.set(key, until),
    isDenied: async (key) => denied.has(key),
  };
}

// Forgets what is over, as the stores of the core do.
function pruned(store) {
  const { isDenied } = store;
  store.isDenied = (key) => {
    for (const [one, until] of store.denied) if (until <= Date.now()) store.denied.delete(one);
    return isDenied(key);
  };
  return store;
}

// A seal as the format describes it, with its ciphertext written as `spell` says.
function sealByHand(data, spell) {
  const salt = 'a salt';
  const derived = pbkdf2Sync(password, salt, 1, 32, 'sha1');
  const iv = Buffer.alloc(16, 7);
  const cipher = createCipheriv('aes-256-cbc', derived, iv);
  const bytes = Buffer.concat([cipher.update(JSON.stringify(data)), cipher.final()]);
  const text = spell(bytes.toString('base64url'));
  const sealed = `Fe26.2*1*${salt}*${iv.toString('base64url')}*${text}*`;
  const mac = createHmac('sha256', derived).update(sealed).digest('base64url');
  return `${sealed}*${salt}*${mac}~2`;
}

async function logIn(iron, options) {
  const store = browser();
  const session = await iron.getIronSession(store, options);
  session.userId = 'u1';
  await session.save();
  return [store, session];
}

for (const [name, iron] of Object.entries(irons)) {
  for (const version of [9, 8]) {
    test(`destroy ends every copy of a session, version ${version}, ${name}`, async () => {
      const options = { ...base, version, store: memory() };
      const [store] = await logIn(iron, options);
      const first = new Map(store.cookies);
      const session = await iron.getIronSession(store, options);
      assert.deepEqual({ ...session }, { userId: 'u1' }, 'the name of the session is not shown');
      session.theme = 'dark';
      await session.save();
      const second = new Map(store.cookies);
      assert.notEqual(first.get('sid'), second.get('sid'));
      await (await iron.getIronSession(store, options)).destroy();
      for (const copy of [first, second]) {
        const thief = browser();
        copy.forEach((value, cookie) => thief.cookies.set(cookie, value));
        assert.deepEqual({ ...(await iron.getIronSession(thief, options)) }, {});
        assert.equal((await peer.unsealData(copy.get('sid'), base)).userId, 'u1');
      }
      const [other] = await logIn(iron, options);
      assert.equal((await iron.getIronSession(other, options)).userId, 'u1');
    });
  }

  test(`a seal from before the store was set can be ended with its successors, ${name}`, async () => {
    const store = browser();
    store.cookies.set('sid', await peer.sealData({ userId: 'u1' }, base));
    const foreign = store.cookies.get('sid');
    const options = { ...base, store: memory() };
    const session = await iron.getIronSession(store, options);
    assert.deepEqual({ ...session }, { userId: 'u1' });
    await session.save();
    await (await iron.getIronSession(store, options)).destroy();
    store.cookies.set('sid', foreign);
    assert.deepEqual({ ...(await iron.getIronSession(store, options)) }, {});
  });

  test(`what is no name of a session is not taken for one, ${name}`, async () => {
    const [store, ended] = [browser(), memory()];
    for (const taken of [5, 'sha256:short', { a: 1 }]) {
      store.cookies.set('sid', await peer.sealData({ '~latchkey': taken }, base));
      await (await iron.getIronSession(store, { ...base, store: ended })).destroy();
    }
    assert.equal(ended.denied.size, 3);
    for (const key of ended.denied.keys()) assert.match(key, /^sha256:[\w-]{43}$/);
  });

  test(`an ended session is remembered as long as a seal of it opens, ${name}`, async (t) => {
    freeze(t, 1_763_683_200);
    const store = memory();
    const [, session] = await logIn(iron, { ...base, ttl: 100, store });
    await session.destroy();
    assert.deepEqual([...store.denied.values()], [(1_763_683_200 + 160) * 1000]);
  });

  // The copies of one cookie are seals of different lives (M11).
  const DAY = 86_400;
  const START = 1_763_683_200;
  const opens = async (cookie, store, version) => {
    const thief = browser();
    thief.cookies.set('sid', cookie);
    const session = await iron.getIronSession(thief, { ...base, ttl: 60, store, version });
    return session.userId !== undefined;
  };

  for (const version of [9, 8]) {
    test(`a denial lives as long as the longest seal of its session, version ${version}, ${name}`, async (t) => {
      freeze(t, START);
      const store = pruned(memory());
      const long = { ...base, ttl: 14 * DAY, store, version };
      const [visitor] = await logIn(iron, long);
      const first = visitor.cookies.get('sid');
      // The policy is shortened: what the session has now ends soon, what was copied does not.
      const short = { ...long, ttl: 120 };
      await (await iron.getIronSession(visitor, short)).save();
      const second = visitor.cookies.get('sid');
      await (await iron.getIronSession(visitor, short)).destroy();
      for (const later of [0, 3600, 13 * DAY, 14 * DAY + 59]) {
        freeze(t, START + later);
        for (const copy of [first, second]) assert.equal(await opens(copy, store, version), false, `${later}`);
      }
      assert.deepEqual([...store.denied.values()], [(START + 14 * DAY + 60) * 1000], 'no longer');
    });

    test(`a seal without an end is denied for good, version ${version}, ${name}`, async (t) => {
      freeze(t, START);
      const store = pruned(memory());
      const visitor = browser();
      visitor.cookies.set('sid', await peer.sealData({ userId: 'u1' }, { ...base, ttl: 0 }));
      const copy = visitor.cookies.get('sid');
      const options = { ...base, ttl: 120, store, version };
      await (await iron.getIronSession(visitor, options)).save();
      await (await iron.getIronSession(visitor, options)).destroy();
      freeze(t, START + 4000 * DAY);
      assert.equal(await opens(copy, store, version), false);
    });
  }

  test(`a name with a time opens where it is read without one, ${name}`, async (t) => {
    freeze(t, START);
    const store = memory();
    const [visitor] = await logIn(iron, { ...base, ttl: DAY, store });
    await (await iron.getIronSession(visitor, { ...base, ttl: 60, store })).save();
    const { '~latchkey': carried } = await iron.unsealData(visitor.cookies.get('sid'), base);
    assert.match(carried, /^sha256:[\w-]{43}@\d{13}$/);
    const [usual] = await logIn(iron, { ...base, store });
    const { '~latchkey': plain } = await iron.unsealData(usual.cookies.get('sid'), base);
    assert.match(plain, /^sha256:[\w-]{43}$/);
  });

  test(`who was logged out can log in with the old cookie still there, ${name}`, async () => {
    const store = memory();
    const options = { ...base, store };
    const [visitor] = await logIn(iron, options);
    const old = visitor.cookies.get('sid');
    await (await iron.getIronSession(visitor, options)).destroy();
    visitor.cookies.set('sid', old);
    const session = await iron.getIronSession(visitor, options);
    assert.deepEqual({ ...session }, {});
    session.userId = 'u2';
    await session.save();
    assert.equal((await iron.getIronSession(visitor, options)).userId, 'u2');
  });

  test(`a cookie that does not open asks no store and is denied nothing, ${name}`, async () => {
    const store = memory();
    store.isDenied = async () => assert.fail('it was asked');
    for (const cookie of ['garbage', 'Fe26.2*1*a*b*c**d*e~2', await peer.sealData({}, { password: 'x'.repeat(32) })]) {
      const visitor = browser();
      visitor.cookies.set('sid', cookie);
      const session = await iron.getIronSession(visitor, { ...base, store });
      await session.destroy();
      assert.equal(store.denied.size, 0);
    }
  });

  test(`a store that comes with updateConfig ends the session that was read before, ${name}`, async () => {
    const store = memory();
    for (const carried of [{}, { '~latchkey': `sha256:${'x'.repeat(43)}` }]) {
      const visitor = browser();
      visitor.cookies.set('sid', await peer.sealData({ userId: 'u1', ...carried }, base));
      const copy = visitor.cookies.get('sid');
      const session = await iron.getIronSession(visitor, base);
      session.updateConfig({ ...base, store });
      await session.save();
      const saved = visitor.cookies.get('sid');
      await session.destroy();
      for (const one of [copy, saved]) assert.equal(await opens(one, store), false);
    }
  });

  test(`destroy ends the session even when it is too late for the cookie, ${name}`, async () => {
    const store = memory();
    const [visitor] = await logIn(iron, { ...base, store });
    const copy = visitor.cookies.get('sid');
    const jar = { read: (one) => visitor.get(one)?.value, write: () => assert.fail('headers are sent') };
    const session = await iron.getIronSession(jar, { ...base, store });
    assert.throws(() => session.destroy(), /headers are sent/);
    await new Promise((resolve) => setImmediate(resolve));
    assert.equal(await opens(copy, store), false);
  });

  test(`a store that fails is an error, never an empty session, ${name}`, async () => {
    const failing = memory();
    const [store] = await logIn(iron, { ...base, store: failing });
    failing.isDenied = async () => Promise.reject(new Error('the store is down'));
    const reading = iron.getIronSession(store, { ...base, store: failing });
    await assert.rejects(reading, /the store is down/);
    assert.ok(store.cookies.has('sid'), 'the cookie stays');
  });

  for (const version of [9, 8]) {
    test(`destroy rejects when the store fails, and harms nobody who does not wait, version ${version}, ${name}`, async (t) => {
      const failing = memory();
      const options = { ...base, version, store: failing };
      failing.deny = async () => Promise.reject(new Error('the store is down'));
      const unhandled = t.mock.fn();
      process.on('unhandledRejection', unhandled);
      t.after(() => process.off('unhandledRejection', unhandled));
      const [store, session] = await logIn(iron, options);
      session.destroy();
      assert.equal(store.cookies.has('sid'), false);
      await new Promise((resolve) => setImmediate(resolve));
      assert.equal(unhandled.mock.callCount(), 0);
      const [, waiting] = await logIn(iron, options);
      await assert.rejects(waiting.destroy(), /the store is down/);
    });
  }

  test(`updateConfig changes the store that ends the session, there and back again, ${name}`, async () => {
    const [one, two] = [memory(), memory()];
    const end = async (...stores) => {
      const [, session] = await logIn(iron, { ...base, store: one });
      for (const store of stores) session.updateConfig({ ...base, store });
      await session.destroy();
    };
    await end(two);
    assert.deepEqual([one.denied.size, two.denied.size], [0, 1]);
    await end(two, one);
    assert.deepEqual([one.denied.size, two.denied.size], [1, 1]);
  });

  test(`sessions without an end cannot have a store, ${name}`, async () => {
    const options = { ...base, ttl: 0, store: memory() };
    await assert.rejects(iron.getIronSession(browser(), options), /`ttl` that is not 0/);
  });

  test(`a seal has one spelling, even by who has the password, ${name}`, async () => {
    const open = (spell) => iron.unsealData(sealByHand({ userId: 'u1' }, spell), { password });
    assert.deepEqual(await open((text) => text), { userId: 'u1' });
    for (const spell of [(text) => `${text}==`, (text) => `${text} `, (text) => `${text}\n`]) {
      assert.deepEqual(await open(spell), {});
    }
  });

  test(`cookies() may be a promise, ${name}`, async () => {
    const store = browser();
    const session = await iron.getIronSession(Promise.resolve(store), base);
    session.userId = 'u1';
    await session.save();
    const found = await iron.getIronSession(Promise.resolve(store), base);
    assert.equal(found.userId, 'u1');
  });

  test(`a ttl that is no number seals nothing, ${name}`, async () => {
    for (const ttl of [NaN, Infinity]) {
      await assert.rejects(iron.sealData({}, { password, ttl }), /finite number of seconds/);
    }
  });

  test(`a seal that holds no object is an empty session, ${name}`, async () => {
    const store = browser();
    for (const value of ['text', 5, true]) {
      store.cookies.set('sid', await peer.sealData(value, base));
      assert.deepEqual({ ...(await iron.getIronSession(store, base)) }, {});
    }
  });
}

test('what version 8 saves after destroy is a session of its own', async () => {
  const options = { ...base, version: 8, store: memory() };
  const [store, session] = await logIn(irons.native, options);
  await session.destroy();
  session.userId = 'u2';
  await session.save();
  assert.equal((await irons.native.getIronSession(store, options)).userId, 'u2');
});

test('a store of the core remembers across programs that have it open', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'latchkey-iron-'));
  const options = { ...base, store: `sqlite:${join(folder, 'ended.db')}` };
  const iron = irons.native;
  const [store, session] = await logIn(iron, options);
  const copy = store.cookies.get('sid');
  assert.equal((await iron.getIronSession(store, options)).userId, 'u1');
  await session.destroy();
  store.cookies.set('sid', copy);
  assert.deepEqual({ ...(await iron.getIronSession(store, options)) }, {});
  assert.equal((await iron.getIronSession(store, base)).userId, 'u1', 'without the store it opens');
  rmSync(folder, { recursive: true });
});

test('a store that cannot be opened rejects with its code', async () => {
  const options = { ...base, store: 'sqlite:/nowhere/at/all/ended.db' };
  const store = browser();
  store.cookies.set('sid', await peer.sealData({ userId: 'u1' }, base));
  const code = /^ERR_LATCHKEY_/;
  await assert.rejects(irons.native.getIronSession(store, options), (e) => code.test(e.code));
});

test('on the edge a store of the core says that it needs Node', async () => {
  const options = { ...base, store: 'sqlite:app.db' };
  await assert.rejects(irons.WebCrypto.getIronSession(browser(), options), {
    code: 'ERR_LATCHKEY_NEEDS_NODE',
    message: /store "sqlite:" needs Node\.js/,
  });
});

test('the two runtimes read each other', async () => {
  for (const [a, b] of [Object.values(irons), Object.values(irons).reverse()]) {
    const sealed = await a.sealData({ userId: 'ü' }, { password });
    assert.deepEqual(await b.unsealData(sealed, { password }), { userId: 'ü' });
  }
});

// By the square of the blanks this would take minutes.
test('M3: many blanks in a Cookie header cost no more than other text', async () => {
  const blanks = ' \t'.repeat(1e6);
  const headers = { cookie: `a=${blanks}b; ${blanks}sid${blanks}=${blanks}no seal${blanks}c` };
  for (const iron of Object.values(irons)) {
    assert.deepEqual({ ...(await iron.getIronSession({ headers }, {}, base)) }, {});
  }
});
