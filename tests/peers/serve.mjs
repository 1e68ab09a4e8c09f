// Users who are logged in with the real packages stay logged in when `latchkey serve` takes over.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { randomBytes } from 'node:crypto';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { after, test } from 'node:test';
import * as session9 from 'iron-session';
import * as session8 from 'iron-session-8';
import * as core from '@auth/core/jwt';
import nextAuth from 'next-auth/jwt';
import * as jose from 'jose';

const directory = mkdtempSync(join(tmpdir(), 'latchkey-peers-'));
const servers = [];
after(() => {
  for (const server of servers) server.kill('SIGKILL');
  rmSync(directory, { recursive: true, force: true });
});

// serve starts the program with these settings and returns its address.
async function serve(name, settings) {
  const flags = ['serve', '--listen', '127.0.0.1:0', '--data', join(directory, name)];
  const all = { 'takeover.until': '2099-01-01T00:00:00Z', ...settings };
  for (const [key, value] of Object.entries(all)) {
    flags.push('--set', `${key}=${value}`);
  }
  const stdio = ['ignore', 'pipe', 'ignore'];
  const server = spawn(process.env.LATCHKEY_PROGRAM, flags, { stdio });
  servers.push(server);
  for await (const line of createInterface({ input: server.stdout })) {
    const ready = /is ready: (\S+)\//.exec(line);
    if (ready) return ready[1];
  }
  throw new Error('the server did not start');
}
function secretFile(name, text) {
  const path = join(directory, name);
  writeFileSync(path, text, { mode: 0o600 });
  return path;
}
const ask = (origin, cookie) => fetch(`${origin}/v1/session`, { headers: { cookie } });

// moves shows an old cookie, expects its user, then only our cookie opens.
async function moves(origin, cookie, userId) {
  const first = await ask(origin, cookie);
  assert.equal(first.status, 200);
  assert.equal((await first.json()).user.id, userId);
  const written = first.headers.getSetCookie();
  const ours = written.find((line) => line.startsWith('session-')).split(';')[0];
  const gone = written.find((line) => line.startsWith(cookie.slice(0, cookie.indexOf('=') + 1)));
  assert.match(gone, /Max-Age=0/);
  assert.equal((await ask(origin, ours)).status, 200);
  assert.equal((await ask(origin, cookie)).status, 401, 'the old cookie again');
}

const password = randomBytes(32).toString('base64');
for (const carrier of ['stored', 'sealed']) {
  test(`iron-session 8 and 9: users stay logged in (${carrier})`, { timeout: 60000 }, async () => {
    const second = randomBytes(32).toString('base64');
    const passwords = { 1: password, 2: second };
    const origin = await serve(`iron-${carrier}`, {
      'takeover.iron_session_cookie': 'app_session',
      'takeover.iron_session_password_file':
        secretFile(`iron-${carrier}.txt`, JSON.stringify(passwords)),
      'takeover.iron_session_user': 'user.id',
      'session.carrier': carrier,
    });
    let id = 0;
    for (const peer of [session9, session8]) for (const ring of [passwords, { 1: password }]) {
      const session = { user: { id: ++id }, isLoggedIn: true };
      const seal = await peer.sealData(session, { password: ring });
      await moves(origin, `app_session=${seal}`, String(id));
    }
    const other = randomBytes(32).toString('hex');
    const foreign = await session9.sealData({ user: { id: 7 } }, { password: other });
    assert.equal((await ask(origin, `app_session=${foreign}`)).status, 401);
  });
}

test('Auth.js 4 and 5: users stay logged in', { timeout: 60000 }, async () => {
  const secret = randomBytes(32).toString('base64');
  const file = secretFile('auth.txt', `${secret}\n`);
  const salt = 'authjs.session-token';
  const five = await serve('authjs-5', {
    'takeover.authjs_cookie': salt, 'takeover.authjs_secret_file': file,
  });
  const token5 = await core.encode({ token: { sub: 'u5', name: 'Zoë' }, secret, salt });
  await moves(five, `${salt}=${token5}`, 'u5');
  const chunked = await core.encode({ token: { sub: 'u6', name: 'x'.repeat(3000) }, secret, salt });
  const cut = chunked.length >> 1;
  await moves(five, `${salt}.0=${chunked.slice(0, cut)}; ${salt}.1=${chunked.slice(cut)}`, 'u6');
  const four = await serve('authjs-4', {
    'takeover.authjs_cookie': 'next-auth.session-token', 'takeover.authjs_secret_file': file,
    'takeover.authjs_version': 4,
  });
  const token4 = await nextAuth.encode({ token: { sub: 'u4' }, secret });
  await moves(four, `next-auth.session-token=${token4}`, 'u4');
});

test('jose: users stay logged in', { timeout: 60000 }, async () => {
  const secret = randomBytes(32).toString('base64');
  const origin = await serve('jose', {
    'takeover.jwt_cookie': 'session', 'takeover.jwt_secret_file': secretFile('jose.txt', secret),
  });
  const sign = (key) => new jose.SignJWT({ userId: 'u7' }).setProtectedHeader({ alg: 'HS256' })
    .setIssuedAt().setExpirationTime('7d').sign(new TextEncoder().encode(key));
  await moves(origin, `session=${await sign(secret)}`, 'u7');
  const forged = await sign(randomBytes(32).toString('base64'));
  assert.equal((await ask(origin, `session=${forged}`)).status, 401);
});
