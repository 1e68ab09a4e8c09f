// What createSessions takes from its options, the environment and the folder it runs in.
import { during } from './support/fake_next.mjs';
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { signIn } from 'latchkey/testing';
import { openEngine, warnOfAddress } from '../dist/next/config.js';
import { sqliteFile } from '../dist/next/store_place.js';
import { make, NAME } from './support/next_sessions.mjs';

const { createSessions } = await import('latchkey/next');
const FAKES = fileURLToPath(new URL('./support/fake_next.mjs', import.meta.url));

function folder(t) {
  const root = realpathSync(mkdtempSync(join(tmpdir(), 'latchkey-place-')));
  const before = process.cwd();
  t.after(() => {
    process.chdir(before);
    rmSync(root, { recursive: true });
  });
  return root;
}

function enter(root, path) {
  mkdirSync(join(root, path), { recursive: true });
  process.chdir(join(root, path));
}

const URL_HERE = { publicUrl: 'http://localhost:3000' };

test('N1: a database inside of what the next build deletes is refused, and nothing is made', (t) => {
  const root = folder(t);
  const places = ['.next/standalone', '.next/standalone/apps/web', '.next', '.vercel/output/functions/x.func',
    '.open-next/server', '.netlify/functions', '.amplify-hosting/compute'];
  for (const place of places) {
    enter(root, place);
    for (const store of ['sqlite:./data/app.db', 'sqlite:data/app.db', './data/app.db', 'data/app.db',
      'SQLITE:app.db', undefined, `sqlite:${join(root, place, 'data/app.db')}`]) {
      assert.throws(() => openEngine({ ...URL_HERE, store }, {}),
        { code: 'ERR_LATCHKEY_BAD_CONFIG', message: /deleted with every account.*LATCHKEY_STORE=sqlite:\// },
        `${place} ${store}`);
    }
    assert.throws(() => openEngine(URL_HERE, { LATCHKEY_STORE: 'sqlite:./x.db' }), /deleted with every/);
    assert.equal(existsSync(join(root, place, 'data')), false);
  }
});

test('N1: a folder of another name is known from the settings of the standalone server', (t) => {
  const root = folder(t);
  enter(root, 'build/standalone');
  const env = (distDir) => ({ __NEXT_PRIVATE_STANDALONE_CONFIG: JSON.stringify({ distDir }) });
  const open = (given) => openEngine({ ...URL_HERE, store: 'sqlite:./data/app.db' }, given);
  for (const distDir of ['build', './build', '../build', './out/build']) {
    assert.throws(() => open(env(distDir)), /deleted with every account/, distDir);
  }
  for (const given of [{}, env('other'), { __NEXT_PRIVATE_STANDALONE_CONFIG: '{' }]) open(given);
});

test('N1: a database outside of the build is taken, also by a link that leads out', (t) => {
  const root = folder(t);
  enter(root, '.next/standalone');
  openEngine({ ...URL_HERE, store: `sqlite:${join(root, 'data/app.db')}` }, {});
  openEngine({ ...URL_HERE, store: 'sqlite:../../data/app.db' }, {});
  openEngine({ ...URL_HERE, store: 'memory:standalone' }, {});
  mkdirSync(join(root, 'volume'));
  symlinkSync(join(root, 'volume'), join(root, '.next/standalone/data'));
  openEngine({ ...URL_HERE, store: 'sqlite:./data/app.db' }, {});
  enter(root, 'work/my.next/standalone');
  openEngine({ ...URL_HERE, store: 'sqlite:./data/app.db' }, {});
  assert.ok(existsSync(join(root, 'work/my.next/standalone/data')));
});

test('the file of a store: of SQLite, in every way to write one', () => {
  for (const [store, file] of [['sqlite:./a.db', './a.db'], ['a/b.db', 'a/b.db'], ['/a.db', '/a.db'],
    ['SQLite:a.db', 'a.db'], ['redis://h', null], ['REDIS://h', null], ['postgres://h/d', null],
    ['memory:x', null], ['redis+cluster://h', null]]) {
    assert.equal(sqliteFile(store), file, store);
  }
});

test('F8: an empty LATCHKEY_STORE is refused and makes nothing', (t) => {
  enter(folder(t), 'app');
  assert.throws(() => openEngine(URL_HERE, { LATCHKEY_STORE: '' }), { code: 'ERR_LATCHKEY_BAD_CONFIG' });
  assert.ok(!existsSync('data'));
});

test('S7: production without an address says so once when it starts, and a build says nothing', (t) => {
  const warned = t.mock.method(console, 'warn', () => {});
  const production = { NODE_ENV: 'production' };
  for (const [config, env] of [[{}, { NODE_ENV: 'development' }], [{}, {}], [URL_HERE, production],
    [{}, { ...production, LATCHKEY_PUBLIC_URL: 'https://a.example' }],
    [{}, { ...production, NEXT_PHASE: 'phase-production-build' }]]) {
    warnOfAddress(config, env);
  }
  assert.equal(warned.mock.callCount(), 0);
  for (let i = 0; i < 3; i++) warnOfAddress({}, production);
  const lines = warned.mock.calls.map(({ arguments: [text] }) => text);
  assert.equal(lines.length, 1);
  assert.match(lines[0], /^latchkey\/next: .*LATCHKEY_PUBLIC_URL.*https:\/\/example\.com[^\n]*$/);
});

test('S5: every part may be taken out at the top of a module where there are no settings', () => {
  const script = `
    await import(${JSON.stringify(FAKES)});
    const { createSessions } = await import('latchkey/next');
    const { core, proxy, handlers, pagesRouter, ...others } = createSessions({ carrier: 'sealed' });
    const { inspect } = await import('node:util');
    inspect(core); String(Object.prototype.toString.call(core)); await core;
    const { Sessions } = await import('latchkey');
    console.log(core instanceof Sessions, 'core' in core, Object.keys(others).length > 10);
    try { core.cookie } catch (error) { console.log(error.code, error.message) }`;
  const env = { PATH: process.env.PATH, NODE_ENV: 'production', NEXT_PHASE: 'phase-production-build' };
  const cwd = fileURLToPath(new URL('..', import.meta.url));
  const done = spawnSync(process.execPath, ['--input-type=module', '-e', script], { env, cwd, encoding: 'utf8' });
  assert.equal(done.stderr, '');
  assert.match(done.stdout, /^true false true\nERR_LATCHKEY_BAD_CONFIG .*LATCHKEY_PUBLIC_URL/);
});

test('S5: core is the sessions underneath, in whatever way it was taken', async () => {
  const sessions = make();
  const { core } = sessions;
  const { create, validate } = core;
  const { token } = await create('ada');
  assert.equal(validate(token).session.userId, 'ada');
  assert.equal(core.cookie.name, NAME);
  assert.equal((await core.accounts.logIn({ username: 'x', password: 'y' })).rejection.code, 'wrong_credentials');
  core.begin = async () => ({ state: 'none', session: null, user: null, headers: [] });
  const seen = await during('page', { cookie: `${NAME}=${token}` }, () => sessions.getSession());
  assert.equal(seen.value, null, 'what is put on it is used');
});

test('S5: signIn of latchkey/testing takes what createSessions returned, its core, or a module of both', async () => {
  const sessions = make();
  const { core, verifySession } = sessions;
  for (const on of [sessions, core, { core, verifySession }, Object.freeze({ __proto__: null, core })]) {
    const { cookieHeader } = await signIn(on, 'ada');
    const { value } = await during('page', { cookie: cookieHeader }, () => verifySession());
    assert.equal(value.userId, 'ada');
  }
  for (const on of [{ verifySession }, {}, null, undefined, 'x']) {
    await assert.rejects(signIn(on, 'ada'), { code: 'ERR_LATCHKEY_INVALID_ARGUMENT', message: /`core`/ });
  }
});

test('a base path with or without a slash at its end', async () => {
  for (const basePath of ['/auth', '/auth/']) {
    const sessions = make({ basePath });
    const request = new Request('http://localhost:3000/auth/renew', { method: 'POST' });
    request.nextUrl = { pathname: '/auth/renew', search: '' };
    const passed = await sessions.proxy(request, { public: ['/about'] });
    assert.ok(passed.headers.has('x-middleware-next'), basePath);
  }
  assert.equal(typeof createSessions, 'function');
});
