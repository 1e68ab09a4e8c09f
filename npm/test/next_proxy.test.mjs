// latchkey/next's proxy function and what stands around it, on a Next.js that is only pretended.
import { during } from './support/fake_next.mjs';
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { withSessions } from 'latchkey/next/config';
import { signIn } from 'latchkey/testing';
import { make, NAME } from './support/next_sessions.mjs';

const { compose, safePath } = await import('latchkey/next');

const PROXIED = { protected: ['/training', '/account'] };
async function ask(sessions, path, { method = 'GET', cookie, options = PROXIED, url: more, ...headers } = {}) {
  const url = new URL(path, 'http://evil.example');
  const request = new Request(url, { method, headers: { accept: 'text/html', ...(cookie && { cookie }), ...headers } });
  request.nextUrl = { pathname: url.pathname, search: url.search, ...more };
  const answer = await sessions.proxy(request, options);
  const cookies = answer.headers.getSetCookie();
  return {
    status: answer.status, to: answer.headers.get('location'), cookies,
    next: answer.headers.has('x-middleware-next'), cache: answer.headers.get('cache-control'),
    acts: answer.headers.get('x-action-redirect'),
  };
}
/** The same with a path exactly as it is, which `new URL` would change. */
const askRaw = (sessions, pathname, options = PROXIED) =>
  ask(sessions, '/', { url: { pathname }, options });

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

const ACTION = `40${'0123456789abcdef'.repeat(2)}01234567`;

test('M2: an action without a session is refused as its caller understands it, unless its path is public', async () => {
  const sessions = make();
  const post = { method: 'POST', accept: 'text/x-component' };
  for (const id of [ACTION, ACTION.slice(2)]) {
    const refused = await ask(sessions, '/training/1?a=b', { ...post, 'next-action': id });
    assert.deepEqual([refused.status, refused.next, refused.to, refused.acts, refused.cache],
      [303, false, null, '/login?next=%2Ftraining%2F1%3Fa%3Db;push', 'no-store']);
  }
  const based = await ask(sessions, '/training', { ...post, 'next-action': ACTION, url: { basePath: '/app' } });
  assert.equal(based.acts, '/login?next=%2Ftraining;push', 'the router adds the base path');
  for (const path of ['/', '/login']) {
    assert.equal((await ask(sessions, path, { ...post, 'next-action': ACTION })).next, true, path);
  }
  const { cookieHeader: cookie } = await signIn(sessions, 'ada');
  assert.equal((await ask(sessions, '/training', { ...post, 'next-action': ACTION, cookie })).next, true);
  const guest = await sessions.core.createGuest();
  const asGuest = await ask(sessions, '/training', { ...post, 'next-action': ACTION, cookie: `${NAME}=${guest.token}` });
  assert.deepEqual([asGuest.status, asGuest.next], [303, false]);
});

test('M2: a header alone makes no action', async () => {
  const sessions = make();
  const plain = { accept: '*/*' };
  for (const id of ['x', '', ACTION.slice(1), `${ACTION}0`, ACTION.replace('0', 'g'), ` ${ACTION} x`]) {
    const refused = await ask(sessions, '/training', { ...plain, method: 'POST', 'next-action': id });
    assert.deepEqual([refused.status, refused.next, refused.acts], [401, false, null], id);
  }
  for (const method of ['DELETE', 'PUT', 'PATCH', 'OPTIONS']) {
    const refused = await ask(sessions, '/training', { ...plain, method, 'next-action': ACTION });
    assert.deepEqual([refused.status, refused.next, refused.acts], [401, false, null], method);
  }
  assert.equal((await ask(sessions, '/training', { 'next-action': ACTION })).status, 307);
});

test('M2: no header lets a visitor into a protected path', async () => {
  const sessions = make();
  const tried = [['next-router-prefetch', '1'], ['purpose', 'prefetch'], ['sec-purpose', 'prefetch'],
    ['x-middleware-prefetch', '1'], ['next-router-segment-prefetch', '/_tree'], ['rsc', '1'],
    ['x-middleware-subrequest', 'proxy:proxy:proxy:proxy:proxy'], ['x-middleware-next', '1'],
    ['next-url', '/training'], ['x-nextjs-data', '1'], ['x-forwarded-host', 'localhost:3000'],
    ['x-matched-path', '/login'], ['x-invoke-path', '/login'], ['x-original-url', '/login'],
    ['x-rewrite-url', '/login'], ['x-http-method-override', 'GET']];
  for (const [name, value] of tried) {
    for (const method of ['GET', 'HEAD', 'POST']) {
      const { next, status } = await ask(sessions, '/training', { method, [name]: value });
      assert.equal(next, false, `${method} ${name}`);
      assert.ok([303, 307, 401].includes(status), `${method} ${name}: ${status}`);
    }
  }
});

test('the proxy turns forms into a GET and answers 401 to programs', async () => {
  const sessions = make();
  assert.equal((await ask(sessions, '/training', { method: 'POST' })).status, 303);
  assert.equal((await ask(sessions, '/training', { method: 'DELETE', accept: '*/*' })).status, 401);
  assert.equal((await ask(sessions, '/training', { accept: 'application/json' })).status, 401);
  const form = await ask(sessions, '/training', { method: 'POST', accept: '*/*', 'sec-fetch-dest': 'document' });
  assert.deepEqual([form.status, form.to], [303, 'http://localhost:3000/login']);
  const rsc = await ask(sessions, '/training', { accept: '*/*', 'next-url': '/' });
  assert.equal(rsc.status, 307);
});

test('M2: a protected path is recognised in every spelling', async () => {
  const sessions = make();
  const spellings = ['/training', '/%74raining', '/%74%72aining', '/training/', '/training//1', '//training',
    '///training', '/./training', '/x/../training', '/x/%2e%2e/training', '/TRAINING', '/Training/1',
    '/training%2f1', '/%2ftraining', '/\\training', '/%5ctraining', '/training/../x', '/training/%ff',
    '/%74raining/%ff', '/%ff/../training', '/training.rsc', '/training/1.rsc', '/training.prefetch.rsc',
    '/training.segments/_tree.segment.rsc', '/training.segments/!KGEp/training/__PAGE__.segment.rsc',
    '/training.segment.rsc', '/_next/data/build/training.json', '/_next/data/build/training/1.json',
    '/_next/data/build/%74raining.json', '/_next/../training', '/_next/static/../../training'];
  for (const path of spellings) {
    assert.equal((await askRaw(sessions, path)).next, false, path);
  }
  for (const path of ['/', '/trainings', '/training-2', '/a/training', '/login', '/trainin', '/%74rainings',
    '/api/session', '/api/session/renew', '/_next/static/training.js']) {
    assert.equal((await askRaw(sessions, path)).next, true, path);
  }
  const trailing = { protected: ['/training/', '/account/*', '/über'] };
  for (const path of ['/training', '/account', '/account/1', '/%C3%BCber', '/über/1']) {
    assert.equal((await askRaw(sessions, path, trailing)).next, false, path);
  }
  const root = { protected: ['/'] };
  assert.equal((await askRaw(sessions, '/', root)).next, false);
  assert.equal((await askRaw(sessions, '/about', root)).next, true);
});

test('M2, TS8: a public path is only what is spelled so, and Next.js\'s own files are at the start', async () => {
  const sessions = make();
  const all = { public: ['/about'] };
  for (const path of ['/', '/secret', '/About', '/about-us', '/aboutx', '/about/../secret', '/about/..',
    '/about%2f..%2fsecret', '/about%2Fus', '/about%5c..%5csecret', '/about\\..\\secret', '/about%00',
    '/training/_next/x', '/x/_next/static/y.js', '/_NEXT/static/x', '/%5fnext/static/x', '/_next',
    '/_next/data/build/secret.json', '/_next/..%2fsecret', '/_next/static/..%2f..%2fsecret',
    '/api/sessions', '/api/session-list', '/api/session%2f..%2fsecret', '/api/session/../secret']) {
    assert.equal((await askRaw(sessions, path, all)).next, false, path);
  }
  for (const path of ['/about', '/about/', '/about/us', '/login', '/login/help', '/_next/static/x.js',
    '/_next/image', '/_next/webpack-hmr', '/api/session', '/api/session/renew']) {
    assert.equal((await askRaw(sessions, path, all)).next, true, path);
  }
  const both = { protected: ['/account'], public: ['/account/help'] };
  assert.equal((await askRaw(sessions, '/account/help', both)).next, true);
  assert.equal((await askRaw(sessions, '/account/help/../x', both)).next, false);
});

test('N14: a path that would match nothing is refused', async () => {
  const sessions = make();
  for (const path of ['/:locale/login', '/:locale/account/:path*', 'account', '', '/account?x', '/a(.*)', '/*',
    '/:path*', '/a/*/b', '/a#b', undefined, null, 5]) {
    for (const kind of ['protected', 'public']) {
      await assert.rejects(askRaw(sessions, '/', { [kind]: ['/ok', path] }),
        { code: 'ERR_LATCHKEY_BAD_CONFIG', message: /cannot use the path .*locales/ }, `${kind} ${path}`);
    }
  }
});

test('N14: a language before the path is no part of it', async () => {
  const sessions = make();
  const options = { protected: ['/account'], locales: ['en', 'pt-BR'] };
  for (const path of ['/account', '/en/account', '/EN/account/1', '/pt-BR/account', '/pt-br/%61ccount',
    '//en/account', '/en//account', '/_next/data/build/en/account.json']) {
    assert.equal((await askRaw(sessions, path, options)).next, false, path);
  }
  for (const path of ['/en', '/en/login', '/pt-BR/login', '/de/account', '/english/account', '/en/en/account']) {
    assert.equal((await askRaw(sessions, path, options)).next, true, path);
  }
  const sent = await ask(sessions, '/pt-BR/account?a=b', { options });
  assert.equal(sent.to, 'http://localhost:3000/pt-BR/login?next=%2Fpt-BR%2Faccount%3Fa%3Db');
  const all = { public: ['/'], locales: ['en'] };
  for (const path of ['/', '/en', '/en/login']) assert.equal((await askRaw(sessions, path, all)).next, true, path);
  assert.equal((await askRaw(sessions, '/en/secret', all)).next, false);
  assert.equal((await ask(sessions, '/login', { options: { public: ['/'] } })).next, true);
});

test('N14: the languages of Next.js itself stay on the way to the login page', async () => {
  const sessions = make();
  const to = async (url) => (await ask(sessions, '/training', { url: { pathname: '/training', ...url } })).to;
  assert.equal(await to({ locale: 'de', defaultLocale: 'en' }), 'http://localhost:3000/de/login?next=%2Ftraining');
  assert.equal(await to({ locale: 'en', defaultLocale: 'en' }), 'http://localhost:3000/login?next=%2Ftraining');
  assert.equal(await to({ locale: 'de', defaultLocale: 'en', basePath: '/app' }),
    'http://localhost:3000/app/de/login?next=%2Ftraining');
});

test('N6: the base path of Next.js is kept, and a login page elsewhere is left as it is', async () => {
  const url = { basePath: '/app' };
  const { to } = await ask(make(), '/training', { url: { pathname: '/training', ...url } });
  assert.equal(to, 'http://localhost:3000/app/login?next=%2Ftraining');
  const away = make({ pages: { login: 'https://accounts.example/login' } });
  assert.equal((await ask(away, '/training', { url: { pathname: '/training', ...url } })).to,
    'https://accounts.example/login?next=%2Ftraining');
});

test('the proxy deletes a bad cookie everywhere and keeps a good one', async () => {
  const sessions = make();
  const { cookieHeader } = await signIn(sessions, 'ada');
  assert.deepEqual(await ask(sessions, '/training', { cookie: cookieHeader }),
    { status: 200, to: null, cookies: [], next: true, cache: null, acts: null });
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
  sessions.core.begin = async () => {
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
  for (const path of ['/', '/a', '/a/b?c=d#e', '/@evil.example', '/?a=//b']) assert.equal(safePath(path), path);
  for (const path of ['', 'a', '//evil.example', '/\\evil.example', '/a\\b', 'https://evil.example',
    '/.//evil.example', '/..//evil.example', '/%2e//evil.example', '/a/..//evil.example', '/a//b', '/a/..', '/%2fevil.example',
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
