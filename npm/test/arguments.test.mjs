// What TypeScript forbids and JavaScript lets anybody pass: nothing is made to fit.
import assert from 'node:assert/strict';
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { Sessions, isLatchkeyError } from 'latchkey';
import { getIronSession } from 'latchkey/iron-session';
import { Lucia, postgres, redis, sqlite } from 'latchkey/lucia';
import { signIn } from 'latchkey/testing';
import { luciaFile, temporaryFolder } from './support/lucia_tables.mjs';

const publicUrl = 'http://localhost:3000';
const make = (options) => new Sessions({ store: 'memory:arguments', publicUrl, ...options });
const sessions = make();
const SECRET = 'kR7vN2pQ9sT4wX1zB6dF3gH8jL5mC0aE';
const NO_IDS = [undefined, null, NaN, Infinity, -Infinity, {}, { id: 5 }, [], [1], true, false,
  () => 1, Symbol('id'), '', new String('u'), new Date(), '\ud800'];
const plain = (_, value) => (typeof value === 'bigint' ? `${value}n` : value);
const shown = (value) => (typeof value === 'object' ? JSON.stringify(value, plain) : String(value));

// refused makes the call in any of its forms, and wants a sentence that names the argument.
async function refused(call, name, what, code = 'ERR_LATCHKEY_INVALID_ARGUMENT') {
  let outcome;
  try {
    outcome = await call();
  } catch (error) {
    assert.equal(error.code, code, `${what}: ${error.stack}`);
    assert.ok(error.message.includes(name), `${what}: ${error.message}`);
    assert.doesNotMatch(error.message, /Cannot read|is not a function/);
    return;
  }
  assert.fail(`${what} was accepted: ${JSON.stringify(outcome)}`);
}

test('N3: what is no user id is refused by every call that takes one', async () => {
  const carriers = ['stored', 'encrypted_id', 'hybrid', 'sealed', 'signed'];
  for (const carrier of carriers) {
    const own = make({ store: 'memory:', carrier, ...(carrier !== 'stored' && { secret: SECRET }) });
    const guest = await own.createGuest();
    const calls = {
      create: (id) => own.create(id),
      attach: (id) => own.attach(guest.token, id),
      revokeUser: (id) => own.revokeUser(id),
      list: (id) => own.list(id),
      signIn: (id) => signIn(own, id),
    };
    for (const [name, call] of Object.entries(calls)) {
      for (const id of NO_IDS) await refused(() => call(id), 'userId', `${carrier} ${name} ${shown(id)}`);
      await refused(() => call('x'.repeat(256)), 'userId', `${name} of 256 bytes`);
      await refused(() => call('a\0b'), 'userId', `${name} with a control character`);
    }
    assert.equal(own.validate(guest.token).session.userId, null, 'the guest is still one');
  }
});

test('N3: text, finite numbers and bigints are user ids, and are kept as their text', async () => {
  for (const [id, kept] of [['u', 'u'], [5, '5'], [0, '0'], [-1.5, '-1.5'], [2n ** 70n, `${2n ** 70n}`]]) {
    assert.equal((await sessions.create(id)).session.userId, kept);
  }
});

test('N3: what names no session is refused, and an id from a client opens nothing', async () => {
  const calls = {
    revoke: (session) => sessions.revoke(session),
    update: (session) => sessions.update(session, {}),
    set: (session) => sessions.set(session, {}),
    touch: (session) => sessions.touch(session),
    rotate: (session) => sessions.rotate(session),
    attach: (session) => sessions.attach(session, 'u1'),
    revokeOthers: (session) => sessions.revokeOthers(session),
  };
  for (const [name, call] of Object.entries(calls)) {
    for (const session of [undefined, null, 5, true, [], {}, { id: undefined }, { id: 5 }, () => 1]) {
      await refused(() => call(session), 'session', `${name} ${shown(session)}`);
    }
  }
  for (const except of [5, true, [], {}, 'no id']) {
    await refused(() => sessions.revokeUser('u', except), 'except', `except ${shown(except)}`);
  }
  // What a client sends is an ordinary value, whatever it is.
  for (const token of [undefined, null, '', 5, [], {}, 'x']) {
    assert.equal(sessions.validate(token).state, 'none');
    assert.equal((await sessions.validateAsync(token)).state, 'none');
  }
});

test('L6: a level is a whole number that there is', async () => {
  const { token } = await sessions.create('u', { level: 1 });
  for (const level of [257, 256, 255, 4, -1, -255, NaN, Infinity, 1.5, '2', null, true, [2], {}, 2n]) {
    await refused(() => sessions.create('u', { level }), 'level', `create ${shown(level)}`);
    await refused(() => sessions.createGuest({ level }), 'level', `createGuest ${shown(level)}`);
    await refused(() => sessions.rotate(token, { level }), 'level', `rotate ${shown(level)}`);
    const signUp = () =>
      sessions.accounts.signUp({ username: `l${level}`, password: 'correct horse battery' }, { level });
    await refused(signUp, 'level', `signUp ${shown(level)}`);
  }
  assert.equal(sessions.validate(token).session.level, 1, 'nothing was changed');
  assert.equal((await sessions.rotate(token, { level: 3 })).session.level, 3);
});

test('options of a new session keep their kinds', async () => {
  const wrong = {
    attributes: [null, 'text', 5, true, [], { a: NaN }, { a: { b: 1n } }, { a: [() => 1] }],
    userAgent: [5, true, {}, []],
    address: [5, true, {}, []],
    remember: ['false', 0, 1, null, {}],
  };
  for (const [name, values] of Object.entries(wrong)) {
    for (const value of values) {
      await refused(() => sessions.create('u', { [name]: value }), name, `${name} ${shown(value?.a ?? value)}`);
    }
  }
  for (const options of [null, 5, 'text', true, []]) {
    await refused(() => sessions.create('u', options), 'options', shown(options));
    await refused(() => sessions.validateAsync('x', options), 'options', shown(options));
    await refused(() => sessions.list('u', options), 'options', shown(options));
  }
  for (const name of ['touch', 'withUser', 'fresh', 'snapshotOk']) {
    for (const value of ['false', 0, 1, null, {}]) {
      await refused(async () => sessions.validate('x', { [name]: value }), name, name);
    }
  }
  for (const limit of [0, -1, 1001, 1.5, NaN, Infinity, '5', null, 5n, 2 ** 40]) {
    await refused(() => sessions.list('u', { limit }), 'limit', `limit ${shown(limit)}`);
  }
  await refused(() => sessions.list('u', { after: 5 }), 'after', 'after');
  const { token } = await sessions.createGuest();
  for (const carry of [null, 'cart', [5], {}]) {
    await refused(() => sessions.attach(token, 'u', { carry }), 'carry', `carry ${shown(carry)}`);
  }
  for (const patch of [undefined, null, 'text', 5, [], { a: Infinity }]) {
    await refused(() => sessions.update(token, patch), 'patch', `patch ${shown(patch)}`);
    await refused(() => sessions.set(token, patch), 'patch', `patch ${shown(patch)}`);
  }
  const made = await sessions.create('u', { userAgent: null, address: null, attributes: { a: undefined, b: [null] } });
  assert.deepEqual(made.session.attributes, { b: [null] });
});

test('what JSON loses is refused by the name of its member, when a session is made and when it changes', async () => {
  const sessions = make({ store: 'memory:lossy' });
  const { token, session } = await sessions.create('u', { attributes: { kept: 1 } });
  const lossy = { Date: new Date(0), Map: new Map(), Set: new Set(), NaN, bigint: 5n, URL: new URL('http://a'),
    Own: new (class Own { a = 1; })(), Buffer: Buffer.from('a'), function: () => {} };
  for (const [kind, value] of Object.entries(lossy)) {
    for (const [attributes, path] of [[{ cart: value }, 'cart'], [{ a: { b: [1, value] } }, 'a.b[1]']]) {
      for (const [name, act] of [['attributes', () => sessions.create('u', { attributes })],
        ['attributes', () => sessions.createGuest({ attributes })], ['patch', () => sessions.update(token, attributes)],
        ['patch', () => sessions.set(token, attributes)]]) {
        await assert.rejects(act, ({ code, message }) => code === 'ERR_LATCHKEY_INVALID_ARGUMENT' &&
          message.includes(`(${name}.${path} is `) && message.includes(kind), `${kind} ${name}.${path}`);
      }
    }
  }
  for (const [patch, path] of [[{ a: undefined }, 'patch.a'], [{ a: { b: undefined } }, 'patch.a.b']]) {
    for (const act of [sessions.update(token, patch), sessions.set(token, patch)]) {
      await assert.rejects(act, ({ message }) => message.startsWith(`${path}: undefined`));
    }
  }
  assert.deepEqual(sessions.validate(token).session.attributes, session.attributes, 'nothing has changed');
});

test('a duration is text, or a number of seconds as in other packages', async (t) => {
  const lifeOf = async (idle) => {
    const { session } = await make({ store: 'memory:', idle, sliding: false }).create('u');
    return session.idleExpiresAt - session.createdAt;
  };
  assert.equal(await lifeOf(3600), 3_600_000);
  assert.equal(await lifeOf('1h'), 3_600_000);
  assert.equal(await lifeOf('1500ms'), 1500);
  await assert.rejects(lifeOf(0.5), /idle: a duration such as '15m' or 900 \(whole seconds\) is expected, not 0\.5/);
});

test('L6: numbers and kinds of the configuration are refused by their names', async () => {
  const { maxPerUser, count, duration, flag, text } = {
    maxPerUser: [-1, 2 ** 32, 1.5, NaN, Infinity, '5', true, [5], {}, null, 5n],
    count: [-1, 2 ** 32, 0.5, NaN, '5', null],
    duration: [-1, 0.5, NaN, Infinity, 1e300, '', '5', '-5m', '0.0001s', null, true, [], {}, 5n, '9e9d'],
    flag: ['true', 1, 0, null, {}],
    text: [5, true, null, {}, []],
  };
  const wrong = {
    maxPerUser, guestsPerMinute: count, maxChunks: [...count, 0, 5], sealFormat: [...count, 0, 3],
    idle: duration, absolute: duration, lastSeenEvery: duration, browserIdle: duration,
    browserAbsolute: duration, guest: duration, snapshot: duration, touchEvery: duration,
    sliding: flag, persistent: flag, renewCookie: flag,
    carrier: [...text, 'cookie'], publicUrl: text, preset: [...text, 'aal4'],
    secret: [5, true, null, {}, [5], [undefined]], cookie: [5, 'text', true, null, []],
  };
  for (const [name, values] of Object.entries(wrong)) {
    for (const value of values) {
      const called = { maxChunks: 'max', sealFormat: 'seal' }[name] ?? name;
      const create = () => make({ store: 'memory:', [name]: value }).create('u');
      await refused(create, called, `${name} ${shown(value)}`, 'ERR_LATCHKEY_BAD_CONFIG');
    }
  }
  const cookies = { name: text, domain: text, path: text, sameSite: [...text, 'Lax'], secure: flag,
    partitioned: flag, former: [5, 'example.com', {}, ['example.com'], [null], [{ domain: 5 }]] };
  for (const [name, values] of Object.entries(cookies)) {
    for (const value of values) {
      const create = () => make({ store: 'memory:', cookie: { [name]: value } }).create('u');
      await refused(create, name, `cookie.${name} ${shown(value)}`, 'ERR_LATCHKEY_BAD_CONFIG');
    }
  }
  for (const options of [undefined, null, 'memory:', 5, []]) {
    await refused(async () => new Sessions(options), 'options', shown(options), 'ERR_LATCHKEY_BAD_CONFIG');
  }
});

test('N2: what is no store is refused and makes no file', async (t) => {
  const before = process.cwd();
  const folder = temporaryFolder(t);
  process.chdir(folder);
  t.after(() => process.chdir(before));
  const kinds = [undefined, null, 5, true, {}, [], new URL('redis://h'), () => 'memory:'];
  const texts = ['', 'undefined', 'null', 'redis', 'postgres', '127.0.0.1', '$REDIS_URL', 'REDIS://h',
    'host=127.0.0.1 dbname=g1 password=secret', ':memory:', 'localhost:6379', '[object Object]',
    ' app.db', 'app.db\n', 'sqlite:'];
  for (const store of [...kinds, ...texts]) {
    await refused(() => make({ store }).create('u'), 'store', shown(store), 'ERR_LATCHKEY_BAD_CONFIG');
  }
  for (const store of kinds.slice(0, -1)) {
    // The constructor knows it already; texts are read by the core, which is loaded later.
    assert.throws(() => make({ store }), { code: 'ERR_LATCHKEY_BAD_CONFIG', message: /^store: text/ });
  }
  const password = 'a password with forty characters or more!';
  const jar = { get: () => undefined, set: () => {} };
  for (const store of [null, 5, true, {}, [], { deny() {} }, '', 'undefined', 'redis']) {
    await assert.rejects(() => getIronSession(jar, { cookieName: 's', password, store }), /store/);
  }
  assert.deepEqual(readdirSync(folder), []);
  const path = make({ store: './app.db' });
  await path.create('u');
  await path.close();
  assert.ok(existsSync('app.db'));
});

test('cookies are written for a token and a session, and read from text', async () => {
  const { token, session } = await sessions.create('u');
  for (const wrong of [undefined, null, 5, {}, []]) {
    await refused(async () => sessions.setCookie(wrong, session), 'token', `token ${shown(wrong)}`);
  }
  for (const wrong of [undefined, null, 5, 'text', [], {}, { ...session, persistent: 'yes' },
    { ...session, idleExpiresAt: new Date(NaN) }, { ...session, absoluteExpiresAt: '2030-01-01' },
    { ...session, absoluteExpiresAt: null }]) {
    await refused(async () => sessions.setCookie(token, wrong), 'session', `session ${shown(wrong)}`);
  }
  for (const header of [5, true, {}, ['a=b'], new Headers()]) {
    await refused(async () => sessions.readCookie(header), 'cookieHeader', 'readCookie');
    await refused(async () => sessions.blankCookies(header), 'cookieHeader', 'blankCookies');
    await refused(async () => sessions.setCookies(token, session, header), 'cookieHeader', 'setCookies');
  }
  assert.equal(sessions.readCookie(null), null);
});

test('what a form did not send is a rejection, and what no program passes is misuse', async () => {
  const { accounts } = sessions;
  for (const value of [undefined, null, 5, {}, ['x']]) {
    const tried = await accounts.logIn({ username: value, password: value });
    assert.equal(tried.rejection.code, 'wrong_credentials');
    const made = await accounts.signUp({ username: value, password: 'correct horse battery' });
    assert.equal(made.rejection.code, 'username_invalid');
  }
  for (const nothing of [undefined, null, 5, 'text', []]) {
    await refused(() => accounts.logIn(nothing), 'credentials', 'logIn');
    await refused(() => accounts.signUp(nothing), 'credentials', 'signUp');
    await refused(() => accounts.changePassword('x', nothing), 'passwords', 'changePassword');
  }
});

test('N3: Lucia refuses what names no user and no session', async (t) => {
  const auth = new Lucia(sqlite(luciaFile(t)));
  const away = [new Lucia(redis('redis://127.0.0.1:1')), new Lucia(postgres('postgres://127.0.0.1:1/x'))];
  for (const lucia of [auth, ...away]) {
    for (const id of NO_IDS.filter((one) => !(one instanceof Date || one instanceof String))) {
      await refused(() => lucia.createSession(id, {}), 'userId', `createSession ${shown(id)}`);
      await refused(() => lucia.getUserSessions(id), 'userId', `getUserSessions ${shown(id)}`);
      await refused(() => lucia.invalidateUserSessions(id), 'userId', `invalidate ${shown(id)}`);
      await refused(() => lucia.invalidateOtherSessions(id, 'x'), 'userId', `others ${shown(id)}`);
    }
    for (const id of [undefined, null, 5, {}, []]) {
      await refused(() => lucia.invalidateSession(id), 'sessionId', `session ${shown(id)}`);
      if (id === undefined) continue;
      await refused(() => lucia.createSession('u1', {}, { sessionId: id }), 'sessionId', shown(id));
    }
  }
  for (const tables of [null, 5, { hashed: 'yes' }, { user: 5 }, { session: {} }]) {
    await refused(async () => sqlite('x.db', tables), 'tables', shown(tables));
    await refused(async () => postgres('postgres://h/x', tables), 'tables', shown(tables));
  }
  for (const value of [NaN, Infinity, 2n ** 64n, Symbol('x'), () => 1, {}, [1]]) {
    await refused(() => auth.createSession('u1', { country: value }), 'attributes', String(value));
  }
});

test('N9: an error is known by its code, in any realm', () => {
  const foreign = Object.assign(Object.create({}), { code: 'ERR_LATCHKEY_CONFLICT', message: 'x' });
  assert.equal(isLatchkeyError(foreign), true);
  for (const other of [null, undefined, 'ERR_LATCHKEY_CONFLICT', {}, { code: 'ERR_LATCHKEY_CONFLICT' },
    Object.assign(new Error('x'), { code: 'ENOENT' }), { code: 5, message: 'x' }]) {
    assert.equal(isLatchkeyError(other), false);
  }
});

test('a database that cannot be made or found is named by its path', async (t) => {
  const path = join(temporaryFolder(t), 'no/folder/app.db');
  const named = ({ code, message }) => code === 'ERR_LATCHKEY_STORE_UNAVAILABLE' && message.includes(path);
  await assert.rejects(async () => make({ store: `sqlite:${path}` }).create('u'), named);
  await assert.rejects(async () => new Lucia(sqlite(path)).createSession('u', {}), named);
});
