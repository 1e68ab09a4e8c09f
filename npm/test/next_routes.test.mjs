// The route handlers of latchkey/next, and the Pages Router, on a Next.js that is only pretended.
import { during } from './support/fake_next.mjs';
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { signIn } from 'latchkey/testing';
import { make, NAME } from './support/next_sessions.mjs';

test('the handlers: status, renew, logout, others, and whose origin counts', async () => {
  const sessions = make();
  const { cookieHeader: cookie, token } = await signIn(sessions, 'ada');
  await signIn(sessions, 'ada');
  const get = async (query = '', header = cookie) => (await during('handler', { cookie: header },
    () => sessions.handlers.GET(new Request(`http://localhost:3000/api/session${query}`)))).value;
  const post = async (action, headers, header = cookie) => {
    const request = new Request(`http://localhost:3000/api/session/${action}`, { method: 'POST', headers });
    return (await during('handler', { cookie: header }, () => sessions.handlers.POST(request))).value;
  };
  const answer = await get();
  assert.equal(answer.headers.get('cache-control'), 'no-store');
  const body = await answer.json();
  assert.equal(body.status, 'authenticated');
  assert.equal('user' in body, false);
  assert.deepEqual((await (await get('?user=1')).json()).user, { id: 'ada' });
  assert.ok(!JSON.stringify(body).includes(token));
  const own = { origin: 'http://localhost:3000' };
  for (const headers of [{}, { origin: 'http://evil.example' }, { origin: 'null' },
    { origin: 'null', 'sec-fetch-site': 'cross-site' }, { origin: 'null', 'sec-fetch-site': 'same-site' },
    { origin: 'null', 'sec-fetch-site': 'none' }, { 'sec-fetch-site': 'same-site' },
    { origin: 'http://evil.example', 'sec-fetch-site': 'same-origin' }]) {
    const refused = await post('logout', headers);
    assert.equal(refused.status, 403, JSON.stringify(headers));
    assert.deepEqual(await refused.json(), { error: 'foreign_origin', received: headers.origin ?? null,
      expected: 'http://localhost:3000' });
  }
  assert.equal((await post('renew', { 'sec-fetch-site': 'same-origin' })).status, 200);
  assert.deepEqual(await (await post('logout-others', own)).json(), { done: true, ended: 1 });
  assert.equal((await post('nothing', own)).status, 404);
  const form = await post('logout', { ...own, accept: 'text/html' });
  assert.deepEqual([form.status, form.headers.get('location')], [303, '/']);
  assert.equal((await (await get()).json()).reason, 'revoked');
  assert.equal((await post('renew', own)).status, 401);
  assert.equal((await (await get('', '')).json()).reason, null);
});

test('the Pages Router: verify, and logout as an API route', async () => {
  const sessions = make();
  const { pagesRouter } = sessions;
  const respond = () => {
    const sent = { headers: {} };
    return { sent, getHeader: (name) => sent.headers[name],
      setHeader: (name, value) => (sent.headers[name] = value),
      writeHead: (status) => (sent.status = status), end: (body) => (sent.body = body) };
  };
  const made = respond();
  await pagesRouter.create({ headers: {} }, made, 'ada');
  const cookie = made.sent.headers['set-cookie'][0].split(';')[0];
  const session = await pagesRouter.verify({ headers: { cookie } }, respond());
  assert.equal(session.userId, 'ada');
  const foreign = respond();
  await pagesRouter.logout({ method: 'POST', headers: { cookie, origin: 'http://evil.example' } }, foreign);
  assert.equal(foreign.sent.status, 403);
  const got = respond();
  await pagesRouter.logout({ method: 'GET', headers: { cookie, origin: 'http://localhost:3000' } }, got);
  assert.equal(got.sent.status, 405);
  const out = respond();
  await pagesRouter.logout({ method: 'POST', headers: { cookie, origin: 'http://localhost:3000' } }, out);
  assert.equal(out.sent.status, 200);
  assert.match(out.sent.headers['set-cookie'][0], /Max-Age=0/);
  const gone = respond();
  assert.equal(await pagesRouter.verify({ headers: { cookie } }, gone), null);
  assert.match(gone.sent.headers['set-cookie'][0], /Max-Age=0/);
  assert.deepEqual(pagesRouter.toLogin('/a'), { redirect: { destination: '/login?next=%2Fa', permanent: false } });
});

test('the Pages Router: a new log-in ends the old session, and a guest takes along what is named', async () => {
  const sessions = make({ clientAddress: (headers) => headers.get('x-real-ip') });
  const answer = () => ({ getHeader: () => undefined, setHeader(_name, [line]) { this.line = line; } });
  const old = await signIn(sessions, 'ada');
  const headers = { cookie: old.cookieHeader, 'user-agent': 'Test/1', 'x-real-ip': '203.0.113.5' };
  const made = answer();
  await sessions.pagesRouter.create({ headers }, made, 'ben');
  assert.equal(sessions.core.validate(old.token).state, 'revoked');
  const { session } = sessions.core.validate(made.line.match(/=([^;]+)/)[1]);
  assert.deepEqual([session.userAgent, session.address], ['Test/1', '203.0.113.5']);
  const guest = await sessions.core.createGuest({ attributes: { cart: 1, x: 2 } });
  const visitor = { headers: { cookie: `${NAME}=${guest.token}` } };
  const user = answer();
  await sessions.pagesRouter.create(visitor, user, 'cleo', { carry: ['cart'] });
  assert.deepEqual(sessions.core.validate(user.line.match(/=([^;]+)/)[1]).session.attributes, { cart: 1 });
});

test('the Pages Router: prefetches are no activity, and a user who is gone has no session', async (t) => {
  t.mock.timers.enable({ apis: ['Date'], now: 1_700_000_000_000 });
  const sessions = make({ idle: '1h', getUser: (id) => (id === 'ada' ? { id } : null) });
  const ada = await signIn(sessions, 'ada');
  const verify = (cookie, more) =>
    sessions.pagesRouter.verify({ headers: { cookie, ...more } }, { getHeader() {}, setHeader() {} });
  t.mock.timers.tick(50 * 60_000);
  for (const more of [{ purpose: 'prefetch' }, { 'x-middleware-prefetch': '1' }, { 'sec-purpose': 'prefetch' }]) {
    assert.equal((await verify(ada.cookieHeader, { ...more, 'x-nextjs-data': '1' })).userId, 'ada');
  }
  await sessions.core.flush();
  assert.deepEqual(sessions.core.validate(ada.token, { touch: false }).session.idleExpiresAt, ada.session.idleExpiresAt);
  assert.equal((await verify(ada.cookieHeader, { 'x-nextjs-data': '1' })).userId, 'ada');
  await sessions.core.flush();
  assert.notDeepEqual(sessions.core.validate(ada.token, { touch: false }).session.idleExpiresAt, ada.session.idleExpiresAt);
  const ben = await signIn(sessions, 'ben');
  assert.equal(await verify(ben.cookieHeader), null);
});

test('N5: a form under Referrer-Policy: no-referrer is our own when the browser says same-origin', async () => {
  const sessions = make({ pages: { afterLogout: '/bye' } });
  const headers = { origin: 'null', 'sec-fetch-site': 'same-origin', accept: 'text/html' };
  const { cookieHeader: cookie, token } = await signIn(sessions, 'ada');
  const request = new Request('http://localhost:3000/api/session/logout', { method: 'POST', headers });
  const { value, written } = await during('handler', { cookie }, () => sessions.handlers.POST(request));
  assert.deepEqual([value.status, value.headers.get('location')], [303, '/bye']);
  assert.equal(written[0].maxAge, 0);
  assert.equal(sessions.core.validate(token).state, 'revoked');

  const ben = await signIn(sessions, 'ben');
  const respond = (out) => ({ getHeader() {}, setHeader() {}, writeHead: (status) => out.push(status), end() {} });
  for (const [sent, status] of [[{ origin: 'null' }, 403], [headers, 200]]) {
    const out = [];
    await sessions.pagesRouter.logout({ method: 'POST', headers: { cookie: ben.cookieHeader, ...sent } }, respond(out));
    assert.deepEqual(out, [status]);
  }
});

test('N6: after a log-out by a form the base path of Next.js is kept', async () => {
  const sessions = make({ pages: { afterLogout: '/bye' } });
  const headers = { origin: 'http://localhost:3000', accept: 'text/html' };
  const leave = async (nextUrl) => {
    const request = new Request('http://localhost:3000/app/api/session/logout', { method: 'POST', headers });
    if (nextUrl) request.nextUrl = nextUrl;
    const { value } = await during('handler', {}, () => sessions.handlers.POST(request));
    return value.headers.get('location');
  };
  assert.equal(await leave({ basePath: '/app' }), '/app/bye');
  assert.equal(await leave({ basePath: '' }), '/bye');
  assert.equal(await leave(), '/bye');
});

test('N6: redirects of handlers and of forms without JavaScript have the base path, others get it from Next.js', async (t) => {
  t.after(() => delete process.env.__NEXT_ROUTER_BASEPATH);
  const sessions = make({ pages: { login: '/login', home: '/home', afterLogout: '/bye' } });
  const { cookieHeader: cookie } = await signIn(sessions, 'ada');
  const form = { 'content-type': 'application/x-www-form-urlencoded' };
  const plain = { 'content-type': 'multipart/form-data; boundary=x' };
  const to = async (where, headers, call, sent = '') => (await during(where, { cookie: sent, headers }, call)).redirect;
  for (const base of ['', '/app']) {
    process.env.__NEXT_ROUTER_BASEPATH = base;
    const outside = base === '' ? '' : `http://localhost:3000${base}`;
    for (const [where, headers, before] of [['page', {}, ''], ['action', {}, ''], ['handler', form, outside],
      ['handler', plain, outside]]) {
      assert.equal(await to(where, headers, () => sessions.verifySession({ next: '/a' })), `${before}/login?next=%2Fa`);
      assert.equal(await to(where, headers, () => sessions.verifySession({ redirect: 'https://a.example/in' })),
        'https://a.example/in');
      assert.equal(await to(where, headers, () => sessions.redirectIfSignedIn(), cookie), `${before}/home`);
      if (where !== 'page') assert.equal(await to(where, headers, () => sessions.logout()), `${before}/bye`);
    }
  }
});
