// The answers of latchkey/next that are no pages: status, body and headers of each.
import { during } from './support/fake_next.mjs';
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { signIn } from 'latchkey/testing';
import { loginPath } from '../dist/next/paths.js';
import { parseSetCookie } from '../dist/next/set_cookie.js';
import { make } from './support/next_sessions.mjs';

const URL = 'http://localhost:3000';
const OWN = { origin: URL };
const DOWN = { store: 'redis://127.0.0.1:1' };
const LOST = `session-3000=lk1_${'a'.repeat(23)}_${'b'.repeat(43)}`;

test('the session route: every answer is for one visitor and is kept by nobody', async () => {
  const sessions = make({ pages: { afterLogout: '/bye' } });
  const down = make(DOWN);
  const { cookieHeader: cookie, session } = await signIn(sessions, 'ada');
  const asked = async (which, cookie, path, method, headers) => {
    const request = new Request(`${URL}/api/session/${path}`, { method, headers });
    const { value, error, written } = await during('handler', { cookie, headers }, () => which.handlers[method](request));
    assert.equal(error, undefined);
    assert.equal(value.headers.get('cache-control'), 'no-store', path);
    assert.match(value.headers.get('content-type'), /^application\/json/);
    return [value.status, await value.json(), value.headers.get('retry-after'), written.length];
  };
  const unavailable = [503, { error: 'store_unavailable' }, '5', 0];
  assert.deepEqual(await asked(down, LOST, '', 'GET', {}), unavailable);
  assert.deepEqual(await asked(down, LOST, 'renew', 'POST', OWN), unavailable);
  assert.deepEqual(await asked(down, LOST, 'logout', 'POST', OWN), unavailable);

  const [status, told] = await asked(sessions, cookie, '', 'GET', {});
  assert.deepEqual([status, told.status, told.reason, told.session.id], [200, 'authenticated', null, session.id]);
  assert.equal('user' in told, false);
  assert.ok(Math.abs(told.now - Date.now()) < 3_600_000);
  const [, , , renewed] = await asked(sessions, cookie, 'renew', 'POST', OWN);
  assert.equal(renewed, 1);
  assert.deepEqual((await asked(sessions, cookie, 'logout-others', 'POST', OWN)).slice(0, 2), [200, { done: true, ended: 0 }]);
  assert.deepEqual(await asked(sessions, '', 'logout-others', 'POST', OWN), [401, { error: 'no_session' }, null, 0]);
  assert.deepEqual(await asked(sessions, '', 'renew', 'POST', OWN), [401, { error: 'no_session' }, null, 0]);
  assert.deepEqual(await asked(sessions, cookie, 'nothing', 'POST', OWN), [404, { error: 'not_found' }, null, 0]);
  const foreign = { error: 'foreign_origin', received: 'https://evil.example', expected: URL };
  assert.deepEqual(await asked(sessions, cookie, 'logout', 'POST', { origin: 'https://evil.example' }), [403, foreign, null, 0]);
  assert.deepEqual((await asked(sessions, cookie, 'logout', 'POST', OWN)).slice(0, 2), [200, { done: true }]);
  const [, after] = await asked(sessions, cookie, '', 'GET', {});
  assert.deepEqual([after.status, after.reason, after.session], ['unauthenticated', 'revoked', null]);
  assert.ok(after.now > 0);
});

test('the Pages Router: each answer of logout, and what it leaves to the framework', async () => {
  const sessions = make();
  const asked = async (which, request) => {
    const headers = {};
    let status, body;
    await which.pagesRouter.logout({ headers: {}, ...request }, {
      getHeader: (name) => headers[name], setHeader: (name, value) => (headers[name] = value),
      writeHead: (code, more) => Object.assign(headers, more, void (status = code)), end: (text) => (body = text),
    });
    const { 'set-cookie': cookies = [], ...others } = headers;
    assert.deepEqual(others, { 'cache-control': 'no-store', 'content-type': 'application/json' });
    return [status, JSON.parse(body), cookies.length];
  };
  const { cookieHeader: cookie } = await signIn(sessions, 'ada');
  assert.deepEqual(await asked(sessions, { method: 'GET' }), [405, { error: 'refused' }, 0]);
  const foreign = { method: 'POST', headers: { cookie, origin: 'https://evil.example' } };
  assert.deepEqual(await asked(sessions, foreign), [403, { error: 'refused' }, 0]);
  const [status, body, cookies] = await asked(sessions, { method: 'POST', headers: { cookie, ...OWN } });
  assert.deepEqual([status, body, cookies > 0], [200, { message: 'Logged out successfully' }, true]);
  const lost = { method: 'POST', headers: { cookie: LOST, ...OWN } };
  assert.deepEqual(await asked(make(DOWN), lost), [503, { error: 'store_unavailable' }, 0]);
  const misused = { method: 'POST', headers: { cookie: 5 } };
  await assert.rejects(asked(sessions, misused), { code: 'ERR_LATCHKEY_INVALID_ARGUMENT' });
});

test('cookies set before stay beside those of the Pages Router', async () => {
  const sessions = make();
  for (const [before, expected] of [[undefined, []], ['theme=dark', ['theme=dark']], [['a=1', 'b=2'], ['a=1', 'b=2']]]) {
    const headers = { 'set-cookie': before };
    const response = { getHeader: (name) => headers[name], setHeader: (name, value) => (headers[name] = value) };
    await sessions.pagesRouter.create({ headers: {} }, response, 'ada');
    assert.deepEqual(headers['set-cookie'].slice(0, expected.length), expected);
    assert.match(headers['set-cookie'].at(-1), /^session-3000=/);
  }
});

test('a Set-Cookie line is taken apart without a loss', () => {
  const line = 'a=b=c; Path=/x; Domain=example.com; Max-Age=5; Expires=Thu, 01 Jan 1970 00:00:09 GMT; HttpOnly; Secure; Partitioned; SameSite=None';
  assert.deepEqual(parseSetCookie(line), { name: 'a', value: 'b=c', path: '/x', domain: 'example.com', maxAge: 5,
    expires: new Date(9000), httpOnly: true, secure: true, partitioned: true, sameSite: 'none' });
  assert.deepEqual(parseSetCookie('a'), { name: 'a', value: '' });
});

test('what the log-in page is to know is added to its own query', () => {
  assert.equal(loginPath('/login?lang=de', 'expired', '/a?b=1'), '/login?lang=de&reason=expired&next=%2Fa%3Fb%3D1');
  assert.equal(loginPath('/login', null, '/a'), '/login?next=%2Fa');
  assert.equal(loginPath('/login', undefined, 'https://evil.example'), '/login');
});

test('the proxy: without the store protected paths are unavailable, others pass, no cookie goes', async () => {
  const { proxy } = make(DOWN);
  const ask = (pathname) => {
    const url = new globalThis.URL(pathname, URL);
    const headers = new Headers({ cookie: LOST });
    return proxy({ method: 'GET', headers, nextUrl: url, url: url.href }, { protected: ['/training'] });
  };
  const failed = await ask('/training');
  assert.deepEqual([failed.status, failed.headers.get('retry-after'), failed.headers.getSetCookie()], [503, '5', []]);
  assert.deepEqual(await failed.json(), { error: 'store_unavailable' });
  const passed = await ask('/');
  assert.deepEqual([passed.headers.get('x-middleware-next'), passed.headers.getSetCookie()], ['1', []]);
});
