// The code of docs/npm/recipes/, as it is printed there.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { test } from 'node:test';
import { postgresServer } from './support/engines.mjs';
import { browser, recipe, URL_OF_SITE } from './support/recipes.mjs';

const PASSWORD = 'correct horse battery staple';

async function walkOwnUsers(t, library, env = {}) {
  const load = recipe(t, 'own_users', env, { renamed: { [`people_${library}.mjs`]: 'people.mjs' } });
  const people = await load('people.mjs');
  const { signUp, account } = await load('account.mjs');
  const { auth } = await load('auth.mjs');
  const ada = browser();
  const asked = await ada.get(account, '/account');
  assert.equal(asked.headers.get('location'), '/login?next=/account');
  const short = await ada.post(signUp, '/signup', { username: 'ada', password: 'short' });
  assert.deepEqual([short.status, (await short.json()).field], [422, 'password']);
  const entered = await ada.post(signUp, '/signup', { username: 'ada', password: PASSWORD });
  assert.deepEqual([entered.status, entered.headers.get('location')], [303, '/account']);
  assert.deepEqual(await (await ada.get(account, '/account')).json(), { name: 'ada' });
  assert.equal((await people.addPerson('x', 'first')).name, 'first');
  assert.equal((await people.addPerson('x', 'second')).name, 'first', 'the first one stands');
  assert.equal(await people.findPerson('nobody'), null);
  const late = browser();
  await late.post(auth.withAuth(async (_, session) => {
    await session.logInUser('late');
    return new Response();
  }), '/', {});
  assert.deepEqual(await (await late.get(account, '/account')).json(), { name: 'New' }, 'a row that was missing');
  await people.close?.();
}

for (const library of ['better_sqlite3', 'drizzle']) {
  test(`own users: ${library}`, (t) => walkOwnUsers(t, library));
}

test('own users: pg', async (t) => {
  const server = await postgresServer();
  t.after(() => server.stop());
  await walkOwnUsers(t, 'pg', { DATABASE_URL: server.url('') });
});

/** GitHub as its documentation describes it: a code for one exchange, by the application that asked. */
async function emulatedGitHub(t) {
  const github = { codes: new Map(), exchanged: [], down: false };
  const server = createServer(async (request, response) => {
    const say = (status, body) => response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
    if (github.down) return say(500, {});
    if (request.url === '/user') {
      const profile = JSON.parse(Buffer.from(request.headers.authorization.slice(7), 'base64url').toString());
      return say(200, profile);
    }
    const form = new URLSearchParams((await request.toArray()).join(''));
    const secret = Buffer.from(request.headers.authorization.slice(6), 'base64').toString();
    const profile = secret === 'the-id:the-secret' && github.codes.get(form.get('code'));
    github.codes.delete(form.get('code'));
    github.exchanged.push(form.get('redirect_uri'));
    // GitHub answers 200 with an error in it.
    if (!profile) return say(200, { error: 'bad_verification_code', error_description: 'expired' });
    return say(200, { access_token: Buffer.from(JSON.stringify(profile)).toString('base64url'), token_type: 'bearer' });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { fetch } = globalThis;
  const local = `http://127.0.0.1:${server.address().port}`;
  globalThis.fetch = (input, init) => {
    const request = new Request(input, init);
    const { hostname, pathname } = new URL(request.url);
    assert.match(hostname, /^(api\.)?github\.com$/);
    return fetch(new Request(local + pathname, request));
  };
  t.after(() => {
    globalThis.fetch = fetch;
    server.closeAllConnections();
    server.close();
  });
  return github;
}

test('OAuth: GitHub through arctic, against an emulated provider', async (t) => {
  const github = await emulatedGitHub(t);
  const load = recipe(t, 'oauth', { GITHUB_ID: 'the-id', GITHUB_SECRET: 'the-secret' });
  const { begin, callback } = await load('github.mjs');
  const { auth } = await load('auth.mjs');
  const who = auth.withAuth((_, session) => Response.json(session.userId));
  const start = async (visitor) => {
    const sent = await visitor.get(begin, '/login/github');
    const to = new URL(sent.headers.get('location'));
    assert.equal(to.origin + to.pathname, 'https://github.com/login/oauth/authorize');
    assert.equal(to.searchParams.get('redirect_uri'), `${URL_OF_SITE}/login/github/callback`);
    return to.searchParams.get('state');
  };
  // The provider leads back from its own site.
  const back = (visitor, query) =>
    visitor.get(callback, `/login/github/callback?${new URLSearchParams(query)}`, { site: 'cross-site' });
  const enter = async (visitor, profile) => {
    const state = await start(visitor);
    github.codes.set('c1', profile);
    const answer = await back(visitor, { code: 'c1', state });
    assert.deepEqual([answer.status, answer.headers.get('location')], [303, '/']);
    return (await visitor.get(who, '/')).json();
  };

  const ada = browser();
  const state = await start(ada);
  const guest = ada.cookie;
  assert.equal(await (await ada.get(who, '/')).json(), null, 'a guest is nobody');
  github.codes.set('c0', { id: 7, login: 'ada' });
  for (const query of [{ code: 'c0', state: 'other' }, { code: 'c0' }, { state }, { error: 'access_denied', state }]) {
    assert.equal((await back(ada, query)).status, 400, JSON.stringify(query));
  }
  assert.equal((await back(browser(), { code: 'c0', state })).status, 400, "another browser's state");
  assert.deepEqual(github.exchanged, [], 'no code was given away');
  assert.equal((await back(ada, { code: 'c0', state })).status, 303);
  const user = await (await ada.get(who, '/')).json();
  assert.match(user, /^[0-9a-f-]{36}$/);
  assert.notEqual(ada.cookie, guest, 'the session is a new one');
  assert.equal((await back(ada, { code: 'c0', state })).status, 400, 'the state works once');

  assert.equal(await enter(browser(), { id: 7, login: 'ada-renamed' }), user);
  assert.notEqual(await enter(browser(), { id: 8, login: 'ada' }), user, 'the name is nobody');
  const late = browser();
  const lateState = await start(late);
  assert.equal((await back(late, { code: 'unknown', state: lateState })).status, 400);
  github.codes.set('c2', { id: 9, login: 'eve' });
  assert.equal((await back(late, { code: 'c2', state: lateState })).status, 400, 'nor after an exchange that failed');
  assert.equal(await (await late.get(who, '/')).json(), null);
  github.down = true;
  const downState = await start(late);
  await assert.rejects(back(late, { code: 'c1', state: downState }), 'the application learns of it');
});

test('a magic link: once, for fifteen minutes, by a button, for whoever has the mail', async (t) => {
  const mails = [];
  globalThis.sentMails = mails;
  t.after(() => delete globalThis.sentMails);
  const own = { 'mail.mjs': 'export const sendMail = async (to, text) => globalThis.sentMails.push({ to, text });' };
  const load = recipe(t, 'magic_link', {}, { own });
  const { ask, open, use } = await load('link.mjs');
  const { auth } = await load('auth.mjs');
  const who = auth.withAuth((_, session) => Response.json(session.userId));
  t.mock.timers.enable({ apis: ['Date'], now: Date.now() });
  const MINUTE = 60_000;
  const linkOf = async (email) => {
    t.mock.timers.tick(MINUTE);
    await browser().post(ask, '/login/link', { email });
    return /http\S+/.exec(mails.at(-1).text)[0];
  };
  const secretIn = (link) => new URL(link).searchParams.get('secret');

  const link = await linkOf('Ada@Example.com ');
  assert.equal(mails[0].to, 'ada@example.com');
  const again = await browser().post(ask, '/login/link', { email: 'ada@example.com' });
  assert.deepEqual([again.status, mails.length], [200, 1], 'no second mail within a minute');
  assert.equal((await browser().post(ask, '/login/link', { email: 'nonsense' })).status, 422);

  const ada = browser();
  for (let scans = 0; scans < 2; scans++) {
    const shown = await ada.get(open, link.slice(URL_OF_SITE.length), { site: 'cross-site' });
    assert.deepEqual([shown.headers.get('referrer-policy'), shown.headers.get('cache-control')], ['same-origin', 'private, no-store']);
    assert.match(await shown.text(), new RegExp(`value="${secretIn(link)}"`));
  }
  assert.equal((await ada.get(open, '/login/link?secret="><script>')).status, 400);
  const foreign = await ada.post(use, '/login/link/use', { secret: secretIn(link) }, { origin: 'https://evil.example', site: 'cross-site' });
  assert.equal(foreign.status, 403);
  assert.equal((await ada.post(use, '/login/link/use', { secret: secretIn(link) })).status, 303);
  const id = await (await ada.get(who, '/')).json();
  assert.match(id, /^[0-9a-f-]{36}$/);
  for (const secret of [secretIn(link), 'A'.repeat(43), '']) {
    assert.equal((await browser().post(use, '/login/link/use', { secret })).status, 400, 'once');
  }
  const late = secretIn(await linkOf('ada@example.com'));
  t.mock.timers.tick(15 * MINUTE);
  assert.equal((await browser().post(use, '/login/link/use', { secret: late })).status, 400, 'too late');
  const second = browser();
  const old = secretIn(await linkOf('ada@example.com'));
  const fresh = secretIn(await linkOf('ada@example.com'));
  assert.equal((await second.post(use, '/login/link/use', { secret: old })).status, 400, 'a new link ends the old one');
  assert.equal((await second.post(use, '/login/link/use', { secret: fresh })).status, 303);
  assert.equal(await (await second.get(who, '/')).json(), id, 'the same person');
});

test('the address of a preview is taken only where the host says that it is one', async (t) => {
  const vercel = { VERCEL_URL: 'app-git-x.vercel.app', PUBLIC_URL: 'https://example.com' };
  for (const [kind, wanted] of [['preview', 'https://app-git-x.vercel.app'], ['production', 'https://example.com']]) {
    const load = recipe(t, 'deployment', { ...vercel, VERCEL_ENV: kind });
    assert.equal((await load('public_url.mjs')).publicUrl, wanted);
  }
});

test('bearer tokens: a mobile application logs in, is known, and logs out', async (t) => {
  const load = recipe(t, 'mobile_api');
  const { logIn, logOut, me } = await load('api.mjs');
  const { sessions } = (await load('auth.mjs')).auth;
  const { user } = await sessions.accounts.signUp({ username: 'ada', password: PASSWORD });
  const call = (handler, path, { token, ...init } = {}) => handler(new Request(URL_OF_SITE + path, {
    ...init, headers: { ...(token !== undefined && { authorization: token }), ...init.headers } }));
  const post = (body) => call(logIn, '/api/login', { method: 'POST', body });

  for (const body of ['', '[]', '"x"', '{"username":1}', JSON.stringify({ username: 'ada', password: 'wrong' })]) {
    const refused = await post(body);
    assert.deepEqual([refused.status, (await refused.json()).code], [401, 'wrong_credentials'], body);
  }
  const entered = await post(JSON.stringify({ username: 'ada', password: PASSWORD, device: "Ada's phone" }));
  assert.equal(entered.headers.get('set-cookie'), null);
  const { token, expiresAt } = await entered.json();
  assert.ok(Date.parse(expiresAt) > Date.now());
  const known = await call(me, '/api/me', { token: `bearer ${token}` });
  assert.deepEqual([await known.json(), known.headers.get('cache-control')], [{ userId: user.id }, 'no-store']);
  const [phone] = (await sessions.list(user.id)).sessions;
  assert.equal(phone.userAgent, "Ada's phone");

  const guest = await sessions.createGuest();
  const cookie = { cookie: `${sessions.cookie.name}=${token}` };
  for (const [given, headers] of [[undefined, cookie], [token], [`Bearer ${token} x`], [`Bearer ${token},x`], ['Bearer '],
    ['Basic YTpi'], [`Bearer ${guest.token}`], ['Bearer lk1_x']]) {
    const refused = await call(me, '/api/me', { token: given, headers });
    assert.deepEqual([refused.status, refused.headers.get('www-authenticate')], [401, 'Bearer'], given);
  }
  assert.equal((await call(logOut, '/api/logout', { method: 'POST', token: `Bearer ${token}` })).status, 200);
  assert.equal((await call(me, '/api/me', { token: `Bearer ${token}` })).status, 401);
});

test('bearer tokens: a store that fails is 503, and logs nobody out', async (t) => {
  const { me, logIn } = await recipe(t, 'mobile_api', { SESSION_STORE: 'redis://127.0.0.1:1' })('api.mjs');
  const headers = { authorization: `Bearer lk1_${'a'.repeat(23)}_${'b'.repeat(43)}` };
  for (const [handler, init] of [[me, { headers }], [logIn, { method: 'POST', body: '{"username":"a","password":"b"}' }]]) {
    const failed = await handler(new Request(`${URL_OF_SITE}/api`, init));
    assert.deepEqual([failed.status, failed.headers.get('retry-after')], [503, '5']);
  }
});
