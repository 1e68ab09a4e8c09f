// latchkey/next's proxy function and what stands around it, on a Next.js that is only pretended.
import { during } from './support/fake_next.mjs';
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { withSessions } from 'latchkey/next/config';
import { signIn } from 'latchkey/testing';
import { make, NAME } from './support/next_sessions.mjs';

const { compose, safePath } = await import('latchkey/next');

const PROXIED = { protected: ['/training', '/account'] };
async function ask(sessions, path, { method = 'GET', cookie, options = PROXIED, ...headers } = {}) {
  const url = new URL(path, 'http://evil.example');
  const request = new Request(url, { method, headers: { accept: 'text/html', ...(cookie && { cookie }), ...headers } });
  request.nextUrl = { pathname: url.pathname, search: url.search };
  const answer = await sessions.proxy(request, options);
  const cookies = answer.headers.getSetCookie();
  return {
    status: answer.status, to: answer.headers.get('location'), cookies,
    next: answer.headers.has('x-middleware-next'), cache: answer.headers.get('cache-control'),
  };
}

test('the proxy sends visitors of protected pages to the login, to the public URL', async () => {
  const sessions = make();
  const { to, status } = await ask(sessions, '/training/1?a=b&_rsc=x');
  assert.equal(status, 307);
  assert.equal(to, 'http://localhost:3000/login?next=%2Ftraining%2F1%3Fa%3Db');
  for (const path of ['/%74raining', '/training/', '/training//1']) {
    assert.notEqual((await ask(sessions, path)).to, null, path);
  }
  for (const path of ['/', '/login', '/trainings', '/api/session/logout']) {
    assert.equal((await ask(sessions, path)).next, true, path);
  }
  const all = { options: { public: ['/about'] } };
  assert.notEqual((await ask(sessions, '/anything', all)).to, null);
  for (const path of ['/about', '/about/us', '/login', '/_next/data']) {
    assert.equal((await ask(sessions, path, all)).next, true, path);
  }
  await assert.rejects(ask(sessions, '/', { options: {} }), { code: 'ERR_LATCHKEY_BAD_CONFIG' });
});

test('the proxy lets actions pass, turns forms into a GET and answers 401 to programs', async () => {
  const sessions = make();
  assert.equal((await ask(sessions, '/training', { method: 'POST', 'next-action': 'x' })).next, true);
  assert.equal((await ask(sessions, '/training', { method: 'POST' })).status, 303);
  assert.equal((await ask(sessions, '/training', { method: 'DELETE', accept: '*/*' })).status, 401);
  assert.equal((await ask(sessions, '/training', { accept: 'application/json' })).status, 401);
  const rsc = await ask(sessions, '/training', { accept: '*/*', 'next-url': '/' });
  assert.equal(rsc.status, 307);
});

test('the proxy deletes a bad cookie everywhere and keeps a good one', async () => {
  const sessions = make();
  const { cookieHeader } = await signIn(sessions, 'ada');
  assert.deepEqual(await ask(sessions, '/training', { cookie: cookieHeader }),
    { status: 200, to: null, cookies: [], next: true, cache: null });
  for (const path of ['/', '/training']) {
    const { cookies, cache } = await ask(sessions, path, { cookie: `${NAME}=bad` });
    assert.deepEqual(cookies, [`${NAME}=; Max-Age=0`], path);
    assert.equal(cache, 'private, no-store', 'no cache keeps the answer');
  }
  assert.deepEqual((await ask(sessions, '/', {})).cookies, []);
});

test('the proxy renews a stateless session when that is due, and never for a prefetch', async (t) => {
  t.mock.timers.enable({ apis: ['Date'], now: 1_700_000_000_000 });
  const sessions = make({ carrier: 'sealed', idle: '1h', absolute: '10d' });
  const { cookieHeader: cookie } = await signIn(sessions, 'ada');
  assert.deepEqual((await ask(sessions, '/training', { cookie })).cookies, []);
  t.mock.timers.tick(40 * 60_000);
  const ahead = await ask(sessions, '/training', { cookie, purpose: 'prefetch' });
  assert.deepEqual([ahead.next, ahead.cookies], [true, []]);
  assert.equal((await ask(sessions, '/training', { cookie })).cookies.length, 1);
  const status = await ask(sessions, '/api/session', { cookie });
  assert.deepEqual(status.cookies, []);
  t.mock.timers.tick(21 * 60_000);
  assert.match((await ask(sessions, '/training', { cookie })).to, /reason=expired/);
});

test('a store that fails logs nobody out', async () => {
  const sessions = make();
  const { cookieHeader: cookie } = await signIn(sessions, 'ada');
  sessions.core.validateAsync = async () => {
    throw Object.assign(new Error('down'), { code: 'ERR_LATCHKEY_STORE_UNAVAILABLE', retryable: true });
  };
  const guarded = await ask(sessions, '/training', { cookie });
  assert.deepEqual([guarded.status, guarded.cookies], [503, []]);
  assert.equal((await ask(sessions, '/', { cookie })).next, true);
  const status = await during('handler', { cookie },
    () => sessions.handlers.GET(new Request('http://localhost:3000/api/session')));
  assert.deepEqual([status.value.status, status.written], [503, []]);
  const page = await during('page', { cookie }, () => sessions.verifySession());
  assert.equal(page.error.code, 'ERR_LATCHKEY_STORE_UNAVAILABLE');
});

test('safePath lets nobody out of the site', () => {
  for (const path of ['/', '/a', '/a/b?c=d#e', '/a//b', '/@evil.example', '/?a=//b', '/a/..']) assert.equal(safePath(path), path);
  for (const path of ['', 'a', '//evil.example', '/\\evil.example', '/a\\b', 'https://evil.example',
    '/.//evil.example', '/..//evil.example', '/%2e//evil.example', '/a/..//evil.example',
    '/\t/evil.example', '/a\nb', 'javascript:alert(1)', undefined, null, 5, ['/a']]) {
    assert.equal(safePath(path, '/home'), '/home', String(path));
  }
});

test('compose joins headers and cookies and stops at the first answer', async () => {
  const { NextResponse } = await import('node:module').then(({ createRequire }) => createRequire(import.meta.url)('next/server'));
  const ran = [];
  const step = (name, make) => () => {
    ran.push(name);
    return make?.();
  };
  const withHeaders = (entries) => () => {
    const answer = NextResponse.next();
    for (const [key, value] of entries) answer.headers.append(key, value);
    return answer;
  };
  const joined = await compose(
    step('a', withHeaders([['set-cookie', 'a=1'], ['x-one', '1'], ['x-middleware-override-headers', 'p']])),
    step('b'),
    step('c', withHeaders([['set-cookie', 'c=2'], ['x-middleware-override-headers', 'q']])),
    step('d', () => NextResponse.redirect('http://localhost/x')),
    step('e'),
  )({}, {});
  assert.deepEqual(ran, ['a', 'b', 'c', 'd']);
  assert.equal(joined.status, 307);
  assert.deepEqual(joined.headers.getSetCookie().sort(), ['a=1', 'c=2']);
  assert.equal(joined.headers.get('x-one'), '1');
  assert.equal(joined.headers.has('x-middleware-next'), false);
  assert.deepEqual(joined.headers.get('x-middleware-override-headers').split(',').sort(), ['p', 'q']);
});

test('compose lets nobody take back that no cache may keep an answer', async () => {
  const { NextResponse } = await import('node:module').then(({ createRequire }) => createRequire(import.meta.url)('next/server'));
  const says = (value) => () => {
    const answer = NextResponse.next();
    answer.headers.set('cache-control', value);
    return answer;
  };
  for (const order of [['private, no-store', 'public, max-age=60'], ['public, max-age=60', 'private, no-store']]) {
    const joined = await compose(...order.map(says))({}, {});
    assert.equal(joined.headers.get('cache-control'), 'private, no-store');
  }
});

const NATIVE = ['latchkey/native', 'latchkey/dist/native'];
test('withSessions names the native part and keeps everything else', async () => {
  assert.deepEqual(withSessions({ output: 'standalone', serverExternalPackages: ['x'] }),
    { output: 'standalone', serverExternalPackages: ['x', ...NATIVE] });
  assert.deepEqual(withSessions(), { serverExternalPackages: NATIVE });
  const twice = withSessions(withSessions({}));
  assert.deepEqual(twice.serverExternalPackages, NATIVE);
  const made = await withSessions(async (phase) => ({ env: { phase } }))('dev');
  assert.deepEqual(made, { env: { phase: 'dev' }, serverExternalPackages: NATIVE });
});
