// Device-bound sessions through the addon and latchkey/next, with a browser made of node:crypto.
import { during } from './support/fake_next.mjs';
import assert from 'node:assert/strict';
import { generateKeyPairSync, sign } from 'node:crypto';
import { test } from 'node:test';
import { Sessions } from 'latchkey';

const { createSessions } = await import('latchkey/next');

const ORIGIN = 'https://app.example';
const NOW = 1_800_000_000_000;
const UNDER_WAY = 10_000; // ms after a binding in which the long cookie is enough
let count = 0;

/** A browser with a key: the proofs it sends. */
function makeBrowser() {
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const encode = (value) => Buffer.from(JSON.stringify(value)).toString('base64url');
  const proof = (header, jti) => {
    const text = `${encode({ alg: 'ES256', typ: 'dbsc+jwt', ...header })}.${encode({ jti })}`;
    const form = { key: privateKey, dsaEncoding: 'ieee-p1363' };
    return `${text}.${sign('sha256', Buffer.from(text), form).toString('base64url')}`;
  };
  return {
    registration: (jti) => proof({ jwk: publicKey.export({ format: 'jwk' }) }, jti),
    refresh: (jti) => proof({}, jti),
  };
}

const own = { origin: ORIGIN, 'sec-fetch-site': 'same-origin' };
const lineOf = (headers, name) => headers.find(([key]) => key === name)?.[1];
const challengeIn = (line) => /"([\w-]{40,})"/.exec(line)[1];
const pairs = (headers) => headers.filter(([name]) => name === 'Set-Cookie')
  .map(([, value]) => value.split(';')[0]);

test('a session is bound, refreshed and nobody\'s without its short cookie (R162, R164)', async (t) => {
  t.mock.timers.enable({ apis: ['Date'], now: NOW });
  const sessions = new Sessions({ store: `memory:device${++count}`, publicUrl: ORIGIN,
    deviceBinding: 'prefer', boundCookieLife: '1m', deviceRoutes: '/device' });
  const browser = makeBrowser();
  const made = await sessions.change({ method: 'POST', headers: own, cookie: null }, 'logInUser', { userId: 'ada' });
  const offer = lineOf(made.headers, 'Secure-Session-Registration');
  assert.match(offer, /^\(ES256 RS256\);path="\/device\/register";challenge="/);
  const long = pairs(made.headers).find((pair) => pair.startsWith('__Host-session='));
  const post = (more, cookie = long) => ({ method: 'POST', headers: { ...own, ...more }, cookie });
  const bound = await sessions.change(
    post({ 'secure-session-response': browser.registration(challengeIn(offer)) }), 'registerDevice', {});
  assert.equal(bound.device.status, 200, bound.device.json);
  const { session_identifier: id, refresh_url: url } = JSON.parse(bound.device.json);
  assert.deepEqual([id, url], [made.session.id, '/device/refresh']);
  const [short] = pairs(bound.headers);
  t.mock.timers.tick(UNDER_WAY);
  const state = async (cookie) => (await sessions.begin({ headers: {}, cookie })).state;
  assert.equal(await state(`${long}; ${short}`), 'user');
  assert.equal(await state(long), 'unproven');
  t.mock.timers.tick(60_000);
  assert.equal(await state(`${long}; ${short}`), 'unproven');
  const next = challengeIn(lineOf(bound.headers, 'Secure-Session-Challenge'));
  const named = { 'sec-secure-session-id': id };
  const thief = await sessions.change(
    post({ ...named, 'secure-session-response': makeBrowser().refresh(next) }), 'refreshDevice', {});
  assert.equal(thief.device.status, 403);
  const refreshed = await sessions.change(
    post({ ...named, 'secure-session-response': browser.refresh(next) }), 'refreshDevice', {});
  assert.equal(refreshed.device.status, 200, refreshed.device.json);
  assert.equal(await state(`${long}; ${pairs(refreshed.headers)[0]}`), 'user');
});

test('what cannot be bound is refused (R167)', () => {
  const open = (more) => new Sessions({ store: 'memory:device', publicUrl: ORIGIN, ...more }).readCookie(null);
  assert.throws(() => open({ deviceBinding: 'always' }), { code: 'ERR_LATCHKEY_BAD_CONFIG' });
  assert.throws(() => open({ deviceBinding: 'prefer', boundCookieLife: '11m' }),
    { code: 'ERR_LATCHKEY_BAD_CONFIG' });
});

test('the proxy offers a young session, and the handlers of latchkey/next bind it (R162)', async () => {
  const sessions = createSessions({ store: `memory:device${++count}`, publicUrl: ORIGIN,
    deviceBinding: 'prefer', getUser: (id) => ({ id }) });
  const { written } = await during('action', { headers: own }, () => sessions.createSession('ada'));
  const cookie = written.filter(({ value }) => value).map(({ name, value }) => `${name}=${value}`).join('; ');
  const url = new URL('/training', ORIGIN);
  const request = new Request(url, { headers: { accept: 'text/html', cookie } });
  request.nextUrl = { pathname: url.pathname, search: '' };
  const page = await sessions.proxy(request, { protected: ['/training'] });
  const offer = page.headers.get('secure-session-registration');
  assert.match(offer, /path="\/api\/session\/device\/register"/);
  const proof = makeBrowser().registration(challengeIn(offer));
  const answer = await sessions.handlers.POST(new Request(`${ORIGIN}/api/session/device/register`,
    { method: 'POST', headers: { ...own, cookie, 'secure-session-response': proof } }));
  assert.equal(answer.status, 200);
  assert.equal(JSON.parse(await answer.text()).refresh_url, '/api/session/device/refresh');
  assert.match(answer.headers.getSetCookie().join(), /__Host-session-bound=[^;]/);
  const unknown = await sessions.handlers.POST(new Request(`${ORIGIN}/api/session/device/else`,
    { method: 'POST', headers: own }));
  assert.equal(unknown.status, 404);
});
