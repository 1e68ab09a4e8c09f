// Device-bound sessions: Chromium proves with a key that cannot be copied that it still is the
// browser that logged in, and a copied cookie is worth nothing (R55, R161-R168).
import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { redisServer } from '../../npm/test/support/engines.mjs';
import { openBoundBrowser } from './support/bound_browser.mjs';
import { assertRefreshes as assertRefreshed, bind as bindWhen, cookieOf, until }
  from './support/bound_walk.mjs';
import { startServer } from './support/server.mjs';
import { assertLoggedInAs, assertLoggedOut, logIn, logOut, path, signUp } from './support/site.mjs';
import { FOREIGN_HOST, HOST, makeTrust, startTrustedProxy } from './support/trusted_tls.mjs';

const NAME = 'ada@example.com';
const LONG = '__Host-session';
const SHORT = '__Host-session-bound';
/** What the end of its life does to the short cookie. */
const expire = ({ context }) => context.clearCookies({ name: SHORT });
/** Signs up or logs in, until the browser has bound the session. */
const bind = (browser, enter) => bindWhen(browser, SHORT, () => enter(browser.page, NAME));
/** A page that needs the short cookie, which is gone: refreshed while the page waits. */
const assertRefreshes = (browser, proxy) =>
  assertRefreshed(browser, proxy, SHORT, '/training', () => assertLoggedInAs(browser.page, NAME));

const ask = (server, cookie) =>
  fetch(`http://127.0.0.1:${server.port}/v1/session`, { headers: { cookie } });
/** Waits until the long cookie alone is nobody, and returns that answer. Requests that were under way
 * when the session was bound are answered for ten seconds. */
const graceOver = async (server, long) =>
  until(async () => {
    const answer = await ask(server, `${LONG}=${long}`);
    return answer.status !== 200 && answer;
  }, 'the long cookie alone is refused');

const settings = (life, more = {}) => () =>
  ({ 'session.device_binding': 'prefer', 'session.bound_cookie_life': life, ...more });

describe('A bound session', () => {
  let trust, proxy, folder, server, owner, sessionId;

  before(async () => {
    trust = makeTrust();
    proxy = await startTrustedProxy(trust);
    folder = await mkdtemp(join(tmpdir(), 'latchkey-bound-'));
    await start();
    owner = await openBoundBrowser({ trust, url: proxy.url });
  });
  after(async () => {
    await owner?.close();
    proxy?.stop();
    await server?.stop();
    trust?.remove();
    if (folder) await rm(folder, { recursive: true });
  });
  async function start(life = '10m') {
    server = await startServer({ publicUrl: proxy.url, folder, settings: settings(life) });
    proxy.target = server.port;
  }
  /** A browser of somebody else, with the feature or without. */
  async function withAnother(options, walk) {
    const browser = await openBoundBrowser({ trust, url: proxy.url, ...options });
    try {
      await walk(browser);
    } finally {
      await browser.close();
    }
  }

  test('is made at sign-up, with a short cookie beside the long one (R162)', async () => {
    sessionId = await bind(owner, signUp);
    const short = await cookieOf(owner, SHORT);
    assert.equal(short.httpOnly, true);
    assert.equal(short.secure, true);
    assert.equal(short.path, '/');
    assert.equal(short.domain, HOST);
    const life = short.expires - Date.now() / 1000;
    assert.ok(life > 0 && life <= 600, `ends in ${life} s`); // R164
    const isRegistration = (each) => each.path.endsWith('/device/register');
    const { request, status } = proxy.seen.find(isRegistration);
    assert.equal(status, 200);
    assert.equal(request['sec-fetch-site'], 'same-origin'); // R55: the guard against forms lets it pass
    await assertLoggedInAs(owner.page, NAME);
  });

  test('is listed as bound', async () => {
    const list = () => fetch('/v1/sessions').then((answer) => answer.json());
    const [session, ...others] = (await owner.page.evaluate(list)).sessions;
    assert.deepEqual([session.id, session.bound, others], [sessionId, true, []]);
  });

  test('makes a page wait for the refresh when the short cookie has ended', async () => {
    const first = await assertRefreshes(owner, proxy);
    assert.equal(first.status, 200, 'one POST: the challenge came with the answer before');
  });

  test('makes a fetch of the page wait likewise', async () => {
    await expire(owner);
    const status = await owner.page.evaluate(() => fetch('/v1/session').then((r) => r.status));
    assert.equal(status, 200);
    assert.ok(await cookieOf(owner, SHORT));
  });

  test('is refreshed for a link on a page of another site', async () => {
    await expire(owner);
    const from = owner.events.length;
    await owner.page.goto(`${proxy.url.replace(HOST, FOREIGN_HOST)}/`);
    await owner.page.evaluate((to) => {
      const link = document.createElement('a');
      link.href = to;
      document.body.append(link);
      link.click();
    }, `${proxy.url}/training`);
    await owner.page.waitForURL(/latchkey\.test.*\/(training|login)/);
    assert.equal(path(owner.page), '/training');
    assert.equal((await owner.event('refresh', from)).refreshResult, 'Refreshed');
  });

  test('lasts when the server is started anew', async () => {
    await server.stop();
    await start();
    await assertRefreshes(owner, proxy);
  });

  test('is nobody for the long cookie alone, and stays (R164)', async () => {
    const long = (await cookieOf(owner, LONG)).value;
    const short = (await cookieOf(owner, SHORT)).value;
    const both = await ask(server, `${LONG}=${long}; ${SHORT}=${short}`);
    assert.equal(both.status, 200, 'both are its user, whoever sends them');
    const asked = await graceOver(server, long);
    assert.equal(asked.status, 401);
    assert.equal(asked.headers.get('set-cookie'), null, 'the cookie is left alone');
    await assertLoggedInAs(owner.page, NAME);
  });

  test('is of no use to a thief of both cookies once the short one ends (R164)', async () => {
    await server.stop();
    await start('5s');
    await expire(owner);
    await assertLoggedInAs(owner.page, NAME);
    // From the wire: where the machine is slow, the short one is not in the jar any more.
    const lines = proxy.seen.flatMap((each) => each.response?.['set-cookie'] ?? []);
    const short = lines.findLast((line) => line.startsWith(`${SHORT}=`)).split(/[=;]/)[1];
    const long = await cookieOf(owner, LONG);
    const stolen = [long, { ...long, name: SHORT, value: short }];
    await withAnother({}, async (thief) => {
      await thief.context.addCookies(stolen.map((one) => ({ ...one, expires: -1 })));
      // At first it may work, for five seconds at most.
      await until(async () => {
        await thief.page.goto('/training');
        return path(thief.page) === '/login';
      }, 'the thief is shown the log-in page');
      // The owner goes on, with cookies that the thief does not have.
      await assertLoggedInAs(owner.page, NAME);
      await assertRefreshes(owner, proxy);
      await thief.context.addCookies(stolen.map((one) => ({ ...one, expires: -1 })));
      await assertLoggedOut(thief.page);
      // Nor does the thief have a key: neither is a binding made nor a proof sent.
      assert.deepEqual(thief.events, []);
    });
    await server.stop();
    await start();
    await expire(owner);
    await assertLoggedInAs(owner.page, NAME);
  });

  test('ends for good when another device ends it (R168)', async () => {
    await withAnother({ bound: false }, async (phone) => {
      await logIn(phone.page, NAME);
      await assertLoggedInAs(phone.page, NAME); // R167: a browser without the feature
      assert.equal(await cookieOf(phone, SHORT), undefined);
      await phone.page.goto('/sessions');
      await phone.page.getByRole('button', { name: /other/i }).click();
      await phone.page.waitForURL(/\/sessions/);
    });
    const from = owner.events.length;
    await expire(owner);
    await assertLoggedOut(owner.page);
    assert.equal((await owner.event('termination', from)).deletionReason, 'ServerRequested');
  });

  test('is made again at the next log-in, and ends at log-out (R168)', async () => {
    const second = await bind(owner, logIn);
    assert.notEqual(second, sessionId);
    await assertLoggedInAs(owner.page, NAME);
    const from = owner.events.length;
    await logOut(owner.page);
    assert.equal(await cookieOf(owner, LONG), undefined);
    assert.equal(await cookieOf(owner, SHORT), undefined);
    await assertLoggedOut(owner.page);
    assert.equal((await owner.event('termination', from)).deletionReason, 'ServerRequested');
    sessionId = await bind(owner, logIn); // at once: the end of the old one harms nothing
    await assertRefreshes(owner, proxy);
  });
});

describe('A bound session on two nodes with one Redis', () => {
  let trust, proxy, redis, nodes, owner;

  before(async () => {
    trust = makeTrust();
    proxy = await startTrustedProxy(trust);
    redis = await redisServer();
    const more = { 'store.url': redis.url, 'store.read_timeout': '500ms' };
    const start = () => startServer({ publicUrl: proxy.url, settings: settings('10m', more) });
    nodes = [await start(), await start()];
    proxy.target = nodes[0].port;
    owner = await openBoundBrowser({ trust, url: proxy.url, wanted: /\b503\b/ });
  });
  after(async () => {
    await owner?.close();
    proxy?.stop();
    redis?.signal('SIGCONT');
    for (const node of nodes ?? []) await node.stop();
    await redis?.stop();
    trust?.remove();
  });

  test('is made on one and refreshed on the other', async () => {
    await bind(owner, signUp);
    proxy.target = nodes[1].port;
    await assertRefreshes(owner, proxy);
  });

  test('lasts when the store fails during a refresh (R166)', async () => {
    await graceOver(nodes[1], (await cookieOf(owner, LONG)).value);
    const from = owner.events.length;
    redis.signal('SIGSTOP');
    await expire(owner);
    const answer = await owner.page.goto('/training');
    assert.equal(answer.status(), 503, 'a failure, and nobody is logged out');
    assert.equal((await owner.event('refresh', from)).refreshResult, 'ServerError');
    assert.ok(await cookieOf(owner, LONG));
    redis.signal('SIGCONT');
    await until(async () => (await owner.page.goto('/training')).status() === 200, 'the store is back');
    assert.equal(path(owner.page), '/training');
    assert.deepEqual(owner.events.filter(({ kind }) => kind === 'termination'), []);
    await assertRefreshes(owner, proxy);
  });
});
