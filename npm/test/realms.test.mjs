// N9: the package works where it is loaded in one realm and its values are made in another, as in
// Jest, where each file of tests is a vm context and Node's own modules are not.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { test } from 'node:test';
import vm from 'node:vm';
import { fileURLToPath } from 'node:url';
import { luciaFile } from './support/lucia_tables.mjs';

const dist = fileURLToPath(new URL('../dist', import.meta.url));
const realRequire = createRequire(import.meta.url);

// loadIn evaluates a module of dist and what it asks for in `context`, as test runners do; binaries
// and Node's modules are those of the main realm.
function loadIn(context, file, loaded = new Map()) {
  const known = loaded.get(file);
  if (known) return known.exports;
  const module = { exports: {} };
  loaded.set(file, module);
  const from = createRequire(file);
  const load = (name) => {
    const own = name.startsWith('latchkey/') ? join(dist, name.slice(9), 'index.js') : name;
    const path = from.resolve(own);
    const here = path.startsWith(dist) && !path.endsWith('.node');
    return here ? loadIn(context, path, loaded) : realRequire(path);
  };
  load.resolve = from.resolve;
  const names = ['module', 'exports', 'require', '__filename', '__dirname'];
  const code = vm.compileFunction(readFileSync(file, 'utf8'), names, { parsingContext: context });
  code(module, module.exports, load, file, dirname(file));
  return module.exports;
}

function realm() {
  const globals = { process, Buffer, TextEncoder, TextDecoder, URL, Headers, Response, Request,
    structuredClone, crypto, atob, btoa, setTimeout, clearTimeout, console };
  const context = vm.createContext(globals);
  const loaded = new Map();
  return {
    load: (name) => loadIn(context, join(dist, name), loaded),
    run: (code) => vm.runInContext(code, context),
  };
}

test('an error of the addon is one of this package in another realm', async () => {
  const { load, run } = realm();
  const { Sessions, isLatchkeyError } = load('index.js');
  const missing = new Sessions({ store: 'sqlite:/nonexistent/x.db' });
  const error = await missing.create('u').catch((caught) => caught);
  assert.equal(error instanceof run('Error'), false, 'it is of the main realm');
  assert.equal(isLatchkeyError(error), true);
  const misuse = await new Sessions({ store: 'memory:realm' }).create(undefined).catch((e) => e);
  assert.equal(isLatchkeyError(misuse), true);
  assert.equal(isLatchkeyError(run('new Error("x")')), false);
});

test('sessions work in another realm, and with its dates, objects and lists', async () => {
  const { load, run } = realm();
  const { Sessions } = load('index.js');
  const sessions = new Sessions({ store: 'memory:realm' });
  const { token, session } = await sessions.create('u1', run('({ attributes: { a: [1] } })'));
  assert.equal(JSON.stringify(session.attributes), '{"a":[1]}');
  const copy = run('((session) => ({ ...session }))')(session);
  assert.match(sessions.setCookie(token, copy), /^__Host-session=lk1_/);
  const foreign = { ...session, idleExpiresAt: new Date(Date.now() + 1000) };
  assert.match(sessions.setCookie(token, foreign), /^__Host-session=lk1_/);
  assert.equal((await sessions.revokeUser('u1')) instanceof run('Array'), true);
  assert.equal(sessions.setCookies(token, session) instanceof run('Array'), true);
});

test('Lucia takes dates and bytes of another realm for its columns', async (t) => {
  const { load, run } = realm();
  const { Lucia, sqlite } = load('lucia.js');
  const auth = new Lucia(sqlite(luciaFile(t)), { getSessionAttributes: (all) => all });
  const own = await auth.createSession('u1', { country: new Date(5000) });
  assert.equal((await auth.validateSession(own.id)).session.country, '5');
  const other = await auth.createSession('u1', { country: run('new Date(7000)') });
  assert.equal((await auth.validateSession(other.id)).session.country, '7');
  const { timeText, valueText } = load('lucia/postgres_values.js');
  assert.equal(valueText(new Date(0)), timeText(new Date(0)));
  assert.equal(valueText(new Uint8Array([1, 255])), '\\x01ff');
});

test('jose takes dates, bytes and claims of another realm', async () => {
  const { load, run } = realm();
  const { SignJWT, jwtVerify, EncryptJWT, jwtDecrypt } = load('jose.js');
  for (const make of [(code) => run(code), (code) => vm.runInThisContext(code)]) {
    const key = make('new Uint8Array(32).fill(7)');
    const jwt = await new SignJWT(make('({ userId: "u1" })'))
      .setProtectedHeader(make('({ alg: "HS256" })'))
      .setExpirationTime(make('new Date(4e12)'))
      .sign(key);
    const text = make('((jwt) => Uint8Array.from(jwt, (c) => c.charCodeAt(0)))')(jwt);
    for (const given of [jwt, text]) {
      const { payload } = await jwtVerify(given, key, make('({ algorithms: ["HS256"] })'));
      assert.equal(payload.userId, 'u1');
      assert.equal(payload.exp, 4e9);
    }
    const jwe = await new EncryptJWT(make('({ userId: "u1" })'))
      .setProtectedHeader(make('({ alg: "dir", enc: "A256GCM" })'))
      .setInitializationVector(make('new Uint8Array(12)'))
      .encrypt(key);
    assert.equal((await jwtDecrypt(jwe, key)).payload.userId, 'u1');
  }
});

test('iron-session writes to Headers and Responses of another realm', async () => {
  const { load, run } = realm();
  const { getIronSession } = load('iron-session.js');
  const options = { cookieName: 's', password: 'a password with forty characters or more!' };
  const request = new Request('http://localhost');
  // As another realm's: nothing of it is an instance of a class that is known here.
  const written = [];
  const headers = { append: (name, line) => written.push([name, line]), get: () => null };
  for (const response of [headers, { headers, bodyUsed: false }]) {
    const session = await getIronSession(request, response, options);
    session.user = 'ada';
    await session.save();
  }
  assert.equal(written.length, 2);
  for (const [name, line] of written) {
    assert.equal(name, 'set-cookie');
    assert.match(line, /^s=Fe26/);
  }
  const used = { headers, bodyUsed: true };
  const late = await getIronSession(request, used, options);
  await assert.rejects(() => late.save(), /already been consumed/);
  const past = { ...options, cookieOptions: { expires: run('new Date(0)') } };
  const session = await getIronSession(request, headers, past);
  await assert.rejects(() => session.save(), /in the past/);
});
