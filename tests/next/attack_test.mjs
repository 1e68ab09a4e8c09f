// What `latchkey init` writes, attacked: a page and a handler that only the proxy guards.
import assert from 'node:assert/strict';
import { request } from 'node:http';
import { after, before, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { startApp } from './support/app.mjs';

const folder = fileURLToPath(new URL('../../build/next/fresh/', import.meta.url));
const PRIVATE = 'Only the proxy guards this';

let app;
let cookie;
before(async () => {
  app = await startApp({}, { folder });
  const made = await fetch(`${app.url}/sign-up`, { method: 'POST' });
  cookie = made.headers.getSetCookie()[0].split(';')[0];
});
after(() => app.stop());

/** A request with a path that is sent as it is. */
function send(path, { method = 'GET', body, ...headers } = {}) {
  return new Promise((resolve, reject) => {
    const sent = request({ host: '127.0.0.1', port: app.port, path, method,
      headers: { host: `localhost:${app.port}`, accept: '*/*', ...headers } }, (answer) => {
      let text = '';
      answer.on('data', (chunk) => (text += chunk));
      answer.on('end', () => resolve({ status: answer.statusCode, text, headers: answer.headers }));
    });
    sent.on('error', reject);
    sent.end(body);
  });
}

async function assertNothing(path, options) {
  const { status, text, headers } = await send(path, options);
  const what = `${options?.method ?? 'GET'} ${path} ${JSON.stringify(options)}: ${status}`;
  assert.ok(!text.includes(PRIVATE), what);
  assert.doesNotMatch(String(headers['set-cookie'] ?? ''), /ran=/, what);
  return status;
}

test('with a session the page, the handler and the action are there, so that the rest proves something', async () => {
  for (const path of ['/account/plain', '/account/export']) {
    assert.match((await send(path, { cookie })).text, new RegExp(PRIVATE), path);
  }
  const id = await actionId();
  const ran = await send('/account/plain', { method: 'POST', body: '[]', cookie, 'next-action': id,
    'content-type': 'text/plain;charset=UTF-8' });
  assert.match(String(ran.headers['set-cookie']), /ran=action/);
});

async function actionId() {
  const { text } = await send('/account/plain', { cookie });
  return /\$ACTION_ID_([0-9a-f]+)/.exec(text)[1];
}

const SPELLINGS = ['/account/plain', '/account/plain/', '//account/plain', '/account//plain', '/%61ccount/plain',
  '/account%2fplain', '/account/%70lain', '/%2561ccount/plain', '/Account/plain', '/ACCOUNT/PLAIN', '/./account/plain',
  '/about/../account/plain', '/about/%2e%2e/account/plain', '/about/..%2faccount/plain', '/about%2f..%2faccount/plain',
  '/\\account/plain', '/%5caccount/plain', '/account/plain?_rsc=1', '/account/plain?_rsc=abcde&x', '/account/plain.rsc',
  '/account/plain.prefetch.rsc', '/account/plain.segments/_tree.segment.rsc', '/account/plain.segments/_index.segment.rsc',
  '/account/plain.segments/account/plain/__PAGE__.segment.rsc', '/account/plain.txt', '/account/plain.html',
  '/_next/../account/plain', '/_next/static/../../account/plain', '/_next/static/..%2f..%2faccount/plain',
  '/_next/image/../../account/plain', '/favicon.ico/../account/plain', '/api/session/../../account/plain',
  '/api/session/..%2f..%2faccount/plain', '/account/plain;x', '/account/plain%00', '/account/plain/.', '/account/./plain',
  '/account/plain#x', '/account/plain%3f', '/account/plain?nextLocale=en', '/en/account/plain', '/account/_next/x'];
const HEADERS = [{}, { rsc: '1' }, { rsc: '1', 'next-router-prefetch': '1' }, { 'next-router-prefetch': '1' },
  { rsc: '1', 'next-router-prefetch': '1', 'next-router-segment-prefetch': '/_tree' },
  { rsc: '1', 'next-router-prefetch': '2' }, { purpose: 'prefetch' }, { 'sec-purpose': 'prefetch' },
  { 'x-middleware-prefetch': '1' }, { 'x-nextjs-data': '1' }, { 'x-middleware-subrequest': 'proxy' },
  { 'x-middleware-subrequest': 'proxy:proxy:proxy:proxy:proxy' }, { 'x-middleware-subrequest': 'src/proxy:src/proxy:src/proxy:src/proxy:src/proxy' },
  { 'x-middleware-subrequest': 'middleware:middleware:middleware:middleware:middleware' },
  { 'x-middleware-next': '1' }, { 'x-middleware-rewrite': '/account/plain' }, { 'x-now-route-matches': '1' },
  { 'x-matched-path': '/account/plain' }, { 'x-invoke-path': '/account/plain' }, { 'x-original-url': '/account/plain' },
  { 'x-forwarded-host': 'evil.example' }, { 'x-prerender-revalidate': '1' }, { 'x-action-forwarded': '1' },
  { 'next-url': '/account/plain' }, { 'next-resume': '1' }, { accept: 'text/x-component' }, { accept: 'text/html' }];

test('M2: no spelling of a protected path and no header shows what is behind it', async () => {
  for (const path of SPELLINGS) {
    for (const headers of [HEADERS[0], HEADERS[1], HEADERS[4]]) await assertNothing(path, headers);
  }
  for (const headers of HEADERS) {
    for (const path of ['/account/plain', '/account/plain?_rsc=1', '/account/export']) {
      for (const method of ['GET', 'HEAD']) {
        const status = await assertNothing(path, { method, ...headers });
        assert.ok(status >= 300, `${path} ${JSON.stringify(headers)}: ${status}`);
      }
    }
  }
  // The data of pages, by the id of the build.
  const { text } = await send('/about');
  const builds = new Set([...text.matchAll(/"b":"([\w-]+)"/g)].map((match) => match[1]).concat('development'));
  for (const build of builds) {
    for (const path of ['account/plain.json', 'account/plain', '%61ccount/plain.json', 'en/account/plain.json']) {
      await assertNothing(`/_next/data/${build}/${path}`, { 'x-nextjs-data': '1' });
    }
  }
});

test('M2: no method and no header lets a visitor run a handler', async () => {
  const id = await actionId();
  for (const method of ['POST', 'PUT', 'PATCH', 'DELETE']) {
    for (const headers of [{}, { 'next-action': 'x' }, { 'next-action': id }, { purpose: 'prefetch' },
      { 'next-router-prefetch': '1' }, { 'next-action': id, 'next-router-prefetch': '1' },
      { 'content-type': 'application/x-www-form-urlencoded' }, { 'content-type': 'multipart/form-data; boundary=x' }]) {
      const status = await assertNothing('/account/export', { method, ...headers });
      assert.ok([303, 307, 401].includes(status), `${method} ${JSON.stringify(headers)}: ${status}`);
    }
  }
});

test('M2: an action of a protected page is refused without a session, and its caller is led to the login page', async () => {
  const id = await actionId();
  const action = { method: 'POST', body: '[]', 'content-type': 'text/plain;charset=UTF-8' };
  for (const path of ['/account/plain', '/account', '/account/nothing', '/%61ccount/plain']) {
    for (const headers of [{}, { 'next-router-prefetch': '1' }, { purpose: 'prefetch' }, { rsc: '1' }]) {
      const { status, headers: got } = await send(path, { ...action, 'next-action': id, ...headers });
      assert.equal(status, 303, path);
      assert.match(got['x-action-redirect'], /^\/login\?next=/);
      assert.doesNotMatch(String(got['set-cookie'] ?? ''), /ran=/);
    }
  }
  // A form without JavaScript names its action in a field.
  const boundary = 'x7';
  const field = `--${boundary}\r\nContent-Disposition: form-data; name="$ACTION_ID_${id}"\r\n\r\n\r\n--${boundary}--\r\n`;
  await assertNothing('/account/plain', { method: 'POST', body: field,
    'content-type': `multipart/form-data; boundary=${boundary}` });
});

test('the matcher leaves out only what it names', async () => {
  const bad = { cookie: `session-${app.port}=lk1_bad` };
  const proxied = async (path) => /Max-Age=0/.test(String((await send(path, bad)).headers['set-cookie'] ?? ''));
  for (const path of ['/', '/about', '/api/sessions', '/api/session-x', '/favicon.icon', '/faviconXico', '/_next/staticx',
    '/_next/x', '/x/_next/static/y']) {
    assert.equal(await proxied(path), true, path);
  }
  for (const path of ['/_next/static/x.js', '/favicon.ico']) assert.equal(await proxied(path), false, path);
});
