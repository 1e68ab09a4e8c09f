// The way over from Auth.js, with the code of docs/migrate/authjs_next.md as it is printed there.
import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import { after, before, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { startApp } from './support/app.mjs';

const { encode } = await import(createRequire(new URL('../peers/package.json', import.meta.url)).resolve('@auth/core/jwt'));
const folder = fileURLToPath(new URL('../../build/next/fresh/', import.meta.url));
const NAME = '__Secure-authjs.session-token';
const SECRET = 'auth-secret-number-one-with-enough-entropy';

let app;
before(async () => {
  app = await startApp({ LOGIN_PAGE: '/take-over', AUTH_SECRET: SECRET }, { folder });
});
after(() => app.stop());

const old = (claims, options = {}) =>
  encode({ token: claims, secret: SECRET, salt: NAME, maxAge: 3600, ...options });

async function get(path, cookie) {
  const headers = { accept: 'text/html', ...(cookie && { cookie }) };
  const answer = await fetch(app.url + path, { headers, redirect: 'manual' });
  const to = answer.headers.get('location');
  return {
    status: answer.status, text: await answer.text(), cookies: answer.headers.getSetCookie(),
    to: to && to.replace(app.url, ''),
  };
}

const sessionIn = ({ cookies }) =>
  cookies.find((line) => /^session-\d+=\w/.test(line))?.split(';')[0];

test('a page, the way over, and back to the page with a session of ours', async () => {
  const cookie = `${NAME}=${await old({ sub: '42', name: 'Ada' })}`;
  const page = await get('/members', cookie);
  assert.equal(page.to, '/take-over?next=%2Fmembers');
  const over = await get(page.to, cookie);
  assert.equal(over.to, '/members');
  const [gone] = over.cookies.filter((line) => line.startsWith(`${NAME}=;`));
  assert.match(gone, /Path=\/;.*Max-Age=0;.*Secure; HttpOnly/);
  const session = sessionIn(over);
  assert.ok(session, over.cookies.join('\n'));
  const shown = await get('/members', session);
  assert.equal(shown.status, 200);
  assert.ok(shown.text.includes('>42<'), 'the user of the old token');
});

test('a cookie that Auth.js has cut into pieces is one again', async () => {
  const token = await old({ sub: 'long', picture: 'p'.repeat(5000) });
  const pieces = token.match(/.{1,3900}/g).map((piece, i) => [`${NAME}.${i}`, piece]);
  assert.ok(pieces.length > 1);
  const cookie = pieces.reverse().map(([name, value]) => `${name}=${value}`).join('; ');
  const over = await get('/take-over?next=/account', cookie);
  assert.equal(over.to, '/account');
  for (const [name] of pieces) assert.ok(over.cookies.some((line) => line.startsWith(`${name}=;`)), name);
  const shown = await get('/members', sessionIn(over));
  assert.ok(shown.text.includes('>long<'), 'the user of the old token');
});

test('whoever brings nothing, or what is not theirs, comes to the login page and gets no session', async () => {
  const now = Math.floor(Date.now() / 1000);
  const bad = [undefined, `${NAME}=`, `${NAME}=x`, `${NAME}=a.b.c.d.e`, `${NAME}.7=x`,
    `${NAME}=${await old({ sub: '42' }, { secret: 'another secret of another application' })}`,
    `${NAME}=${await old({ sub: '42' }, { salt: 'authjs.session-token' })}`,
    `${NAME}=${await old({ name: 'no subject' })}`,
    `${NAME}=${await old({ sub: '42', iat: now - 7200 }, { maxAge: -60 })}`];
  for (const cookie of bad) {
    const over = await get('/take-over?reason=expired&next=%2Faccount', cookie);
    assert.equal(over.status, 307, cookie);
    assert.equal(over.to, '/login?reason=expired&next=%2Faccount', cookie);
    assert.equal(sessionIn(over), undefined, cookie);
    assert.equal(over.cookies.length, cookie ? 1 : 0, 'what does not serve is deleted');
  }
});

test('the way over leads nowhere else', async () => {
  for (const next of ['//evil.example', '/\\evil.example', '/\t/evil.example', 'https://evil.example', '/.//evil.example', '']) {
    const cookie = `${NAME}=${await old({ sub: '42' })}`;
    const over = await get(`/take-over?next=${encodeURIComponent(next)}`, cookie);
    assert.equal(over.to, '/', JSON.stringify(next));
  }
});
