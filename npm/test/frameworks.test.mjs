// latchkey/web, node, hono, express and sveltekit, and Fastify and Koa over latchkey/node: the same
// walk through the same application on each.
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { test } from 'node:test';
import { apps } from './support/framework_apps.mjs';

const URL = 'http://localhost:3000';
const PASSWORD = 'correct horse battery staple';
const form = (values) => ({
  method: 'POST',
  headers: { origin: URL, 'content-type': 'application/x-www-form-urlencoded' },
  body: new URLSearchParams(values).toString(),
});
const page = { 'sec-fetch-mode': 'navigate', accept: 'text/html' };
const jarOf = ({ cookies }) => cookies.map((line) => line.split(';')[0]).find((pair) => pair.startsWith('session-3000='));
let stores = 0;

for (const [name, start] of Object.entries(apps)) {
  const open = async (t, options = {}) => {
    const app = await start({ store: `memory:frameworks${++stores}`, publicUrl: URL, ...options });
    t.after(() => app.stop());
    return app.ask;
  };

  test(`${name}: a guest with a cart signs up, is known, and logs out`, async (t) => {
    const ask = await open(t);
    const filled = await ask('/cart', form({}));
    assert.deepEqual(JSON.parse(filled.text), { state: 'guest', userId: null, attributes: { cart: 1 } });
    const guest = jarOf(filled);
    assert.equal((await ask('/training', { headers: { ...page, cookie: guest } })).status, 303, 'a guest is nobody');

    const post = form({ username: 'ada', password: PASSWORD });
    const entered = await ask('/signup', { ...post, headers: { ...post.headers, cookie: guest } });
    assert.equal(entered.status, 303);
    assert.equal(entered.header('location'), '/training');
    const cookie = jarOf(entered);
    assert.notEqual(cookie, guest);
    assert.match(entered.cookies.join(), /HttpOnly/);

    const hello = await ask('/training', { headers: { cookie } });
    assert.match(hello.text, /^Hello \w+/);
    assert.equal(hello.header('cache-control'), 'private, no-store');
    const known = JSON.parse((await ask('/me', { headers: { cookie } })).text);
    assert.deepEqual([known.state, known.attributes], ['user', { cart: 1 }]);
    assert.equal(JSON.parse((await ask('/me', { headers: { cookie: guest } })).text).userId, null, 'the guest is gone');

    const out = await ask('/logout', { ...form({}), headers: { origin: URL, cookie } });
    assert.deepEqual(JSON.parse(out.text), { ended: true });
    assert.match(out.cookies.join(), /session-3000=;.*Max-Age=0/);
    assert.equal((await ask('/training', { headers: { cookie } })).status, 401);
  });

  test(`${name}: who is sent to the log-in and who is told`, async (t) => {
    const ask = await open(t, { login: '/enter' });
    const sent = await ask('/training?week=2', { headers: page });
    assert.deepEqual([sent.status, sent.header('location')], [303, '/enter?next=/training%3Fweek%3D2']);
    const told = await ask('/training', { headers: { accept: 'application/json' } });
    assert.deepEqual([told.status, told.header('content-type')], [401, 'application/problem+json']);
    assert.equal(JSON.parse(told.text).code, 'no_session');
    assert.ok(told.header('www-authenticate'));
    const post = form({ username: 'ada', password: PASSWORD });
    const cookie = jarOf(await ask('/signup', post));
    const level = await ask('/secret', { headers: { cookie } });
    assert.deepEqual([level.status, JSON.parse(level.text).code], [401, 'level_required']);
    const short = await ask('/signup', form({ username: 'bob', password: 'short' }));
    assert.deepEqual([short.status, JSON.parse(short.text).field], [422, 'password']);
    assert.deepEqual(short.cookies, []);
  });

  test(`${name}: pages of other sites change nothing`, async (t) => {
    const ask = await open(t);
    const cookie = jarOf(await ask('/signup', form({ username: 'ada', password: PASSWORD })));
    for (const origin of ['https://evil.example', 'null', 'http://localhost:3000.evil.example']) {
      const refused = await ask('/logout', { ...form({}), headers: { origin, cookie } });
      assert.deepEqual([refused.status, refused.cookies], [403, []], origin);
    }
    assert.equal((await ask('/training', { headers: { cookie } })).status, 200);
  });

  test(`${name}: what the application sets stays`, async (t) => {
    const ask = await open(t);
    // A page deletes a cookie that is no good, beside the one the application sets.
    const home = await ask('/', { headers: { ...page, cookie: 'session-3000=lk1_x' } });
    assert.equal(home.text, 'home');
    const names = home.cookies.map((line) => line.split('=')[0]).sort();
    assert.deepEqual([...new Set(names)], ['session-3000', 'theme']);
    const vary = home.header('vary').toLowerCase().split(/, */).sort();
    assert.ok(vary.includes('accept') && vary.includes('cookie'), vary.join());
    const moved = await ask('/moved', { headers: { ...page, cookie: 'session-3000=lk1_x' } });
    assert.equal(moved.status, 302);
    assert.match(moved.cookies.join(), /session-3000=;/, 'also where headers cannot be changed');
  });

  test(`${name}: a store that fails logs nobody out`, async (t) => {
    const ask = await open(t, { store: 'redis://127.0.0.1:1' });
    const cookie = `session-3000=lk1_${'a'.repeat(23)}_${'b'.repeat(43)}`;
    for (const [path, init] of [['/training', { headers: { ...page, cookie } }],
      ['/signup', form({ username: 'ada', password: PASSWORD })]]) {
      const failed = await ask(path, init);
      assert.deepEqual([failed.status, failed.cookies], [503, []], path);
      assert.equal(JSON.parse(failed.text).code, 'store_unavailable');
      assert.ok(failed.header('retry-after'));
    }
  });
}

test("sveltekit: the router is told to go to the log-in, with the page's own path", async () => {
  const { createAuth } = await import('latchkey/sveltekit');
  const handle = createAuth({ store: 'memory:kit', publicUrl: URL }).handle({ require: () => true });
  const url = new globalThis.URL('/training?week=2', URL);
  const request = new Request(`${URL}/training/__data.json?week=2`, { headers: { accept: '*/*', 'sec-fetch-mode': 'cors' } });
  const resolve = () => assert.fail('nobody is signed in');
  const told = await handle({ event: { request, url, isDataRequest: true, locals: {} }, resolve });
  assert.equal(told.status, 200);
  assert.deepEqual(await told.json(), { type: 'redirect', location: '/login?next=/training%3Fweek%3D2' });
  assert.equal(told.headers.get('cache-control'), 'private, no-store');
});

test('a level is judged by the store, and by no snapshot', async () => {
  const { createAuth } = await import('latchkey/web');
  const options = { store: 'memory:snapshots', publicUrl: URL, carrier: 'hybrid', secret: randomBytes(32).toString('base64url'), snapshot: '1m' };
  const auth = createAuth(options);
  const login = await auth.withAuth(async (_, session) => {
    await session.logInUser('ada', { level: 2 });
    return new Response();
  })(new Request(`${URL}/login`, { method: 'POST', headers: { origin: URL } }));
  const cookie = login.headers.getSetCookie().map((line) => line.split(';')[0]).find((pair) => pair.startsWith('session-3000='));
  const ask = (require) => auth.withAuth(() => new Response('in'), { require })(new Request(URL, { headers: { cookie } }));
  assert.equal((await ask({ level: 2 })).status, 200);
  const begin = auth.sessions.begin.bind(auth.sessions);
  const asked = [];
  auth.sessions.begin = (request, facts) => {
    asked.push(facts.fresh === true);
    return begin(request, facts);
  };
  for (const [demand, fresh] of [[{ level: 2 }, true], [{ maxAuthAge: '5m' }, true], [{}, false], [true, false]]) {
    asked.length = 0;
    assert.equal((await ask(demand)).status, 200);
    assert.equal(asked.at(-1), fresh, JSON.stringify(demand));
  }
  await auth.sessions.revokeUser('ada');
  assert.equal((await ask({ level: 2 })).status, 401);
});
