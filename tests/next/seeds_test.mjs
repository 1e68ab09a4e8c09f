// The texts' own code, with only the names of the packages replaced and what errata.mjs lists.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { startApp } from './support/app.mjs';
import { assertShown, button } from './support/person.mjs';
import { visit } from './support/visit.mjs';

const folder = fileURLToPath(new URL('../../build/next/seeds/', import.meta.url));
const data = mkdtempSync(join(tmpdir(), 'latchkey-seeds-'));
const database = join(data, 'app.db');

let app;
before(async () => {
  execFileSync('sqlite3', [database, `
    CREATE TABLE user(id TEXT NOT NULL PRIMARY KEY, username TEXT NOT NULL);
    CREATE TABLE session(id TEXT NOT NULL PRIMARY KEY, expires_at INTEGER NOT NULL,
      user_id TEXT NOT NULL REFERENCES user(id));
    INSERT INTO user VALUES ('ada', 'Ada');`]);
  app = await startApp({ SEEDS_DATABASE: database }, { folder, ready: '/auth' });
});
after(async () => {
  await app.stop();
  rmSync(data, { recursive: true });
});

const sessionCookie = async (context, name = 'session') =>
  (await context.cookies()).find((cookie) => cookie.name === name);

test('Lucia: signing up sets the cookie before the redirect, and verifyAuth knows the user', () =>
  visit(app, async ({ page, context }) => {
    await page.goto('/training');
    await assertShown(page, '/login', 'Please log in');
    await page.goto('/lucia');
    await page.locator('[name=email]').fill('ada@example.com');
    await page.locator('[name=password]').fill('a long enough password');
    await button(page, 'Sign up').click();
    await page.waitForURL('**/training');
    await page.getByText('Welcome, Ada').waitFor();
    const cookie = await sessionCookie(context, 'auth_session');
    assert.equal(cookie.httpOnly, true);
    await context.addCookies([{ ...cookie, value: 'a'.repeat(40) }]);
    await page.goto('/training');
    await assertShown(page, '/login', 'Please log in');
  }));

test('Lucia: the error of a sign-up is shown and nobody is logged in', () =>
  visit(app, async ({ page, context }) => {
    await page.goto('/lucia');
    await page.locator('[name=email]').fill('bob@example.com');
    await page.locator('[name=password]').fill('a long enough password');
    await button(page, 'Sign up').click();
    await page.getByText('taken').waitFor();
    assert.equal(await sessionCookie(context, 'auth_session'), undefined);
  }));

test('iron-session: log in, known at home, sent home from the login page, log out', () =>
  visit(app, async ({ page, context }) => {
    await page.goto('/');
    await assertShown(page, '/', 'Nobody');
    await page.goto('/iron');
    await page.getByPlaceholder('username').fill('grace');
    await page.getByPlaceholder('password').fill('x');
    await button(page, 'Login').click();
    await assertShown(page, '/', 'Hello, grace');
    const cookie = await sessionCookie(context, 'lama-session');
    assert.match(decodeURIComponent(cookie.value), /^Fe26\.2\*/);
    await page.goto('/iron');
    await assertShown(page, '/', 'Hello, grace');
    await button(page, 'Logout').click();
    await page.getByRole('heading', { name: 'Nobody' }).waitFor();
  }));

test('jose: createSession, decrypt, updateSession, and the DAL in both forms', () =>
  visit(app, async ({ page, context }) => {
    await page.goto('/redirecting');
    await assertShown(page, '/login', 'Please log in');
    await page.goto('/jose');
    const payload = async () => JSON.parse(await page.locator('output').innerText());
    assert.equal(await payload(), null);
    await button(page, 'stateless').click();
    await page.getByText('"userId":"42"').waitFor();
    const { exp, iat, expiresAt } = await payload();
    assert.equal(exp - iat, 7 * 24 * 60 * 60);
    assert.equal(typeof expiresAt, 'string');
    const before = await sessionCookie(context);
    await page.waitForTimeout(1100); // the cookie's date has whole seconds
    await button(page, 'update').click();
    let after = before;
    for (let tries = 0; tries < 100 && after.expires <= before.expires; tries++) {
      await page.waitForTimeout(50);
      after = await sessionCookie(context);
    }
    assert.ok(after.expires > before.expires, 'the cookie lives longer');
    assert.equal(after.value, before.value);
    await page.goto('/redirecting');
    await assertShown(page, '/redirecting', 'true 42');
    await page.goto('/protected');
    await page.getByText('Protected Content').waitFor();
    await page.goto('/jose');
    await button(page, 'login').click();
    await page.getByText('"userId":"43"').waitFor();
    await button(page, 'database').click();
    await page.getByText('"sessionId":7').waitFor();
  }));

test('middleware on the edge: an optimistic check that deletes the bad cookie', () =>
  visit(app, async ({ page, context }) => {
    await context.addCookies([{ name: 'session', value: 'nonsense', url: app.url }]);
    await page.goto('/protected');
    await assertShown(page, '/auth', 'Auth');
    assert.equal(await sessionCookie(context), undefined);
  }));

test('the session manager: user data in an atom, and a toast for an invalid session', () =>
  visit(app, async ({ page, context }) => {
    await page.goto('/jose');
    await button(page, 'stateless').click();
    await page.getByText('"userId":"42"').waitFor();
    await page.goto('/managed');
    await page.getByRole('heading', { name: 'User 42' }).waitFor();
    await page.goto('/dal-managed');
    await page.getByRole('heading', { name: 'User 42' }).waitFor();
    await page.goto('/jose');
    await button(page, 'Logout').click();
    await page.getByText('null').waitFor();
    for (const path of ['/managed', '/initial', '/redirect-managed', '/dal-managed']) {
      await page.goto(path);
      await assertShown(page, '/auth', 'Auth');
      await page.getByText('Session expired. Please log in again.').first().waitFor();
    }
    await context.addCookies([{ name: 'session', value: 'nonsense', url: app.url }]);
    await page.goto('/invalid-page');
    await button(page, 'invalid').click();
    await assertShown(page, '/auth', 'Auth');
    assert.equal(await sessionCookie(context), undefined);
  }));

test('the API route of the Pages Router deletes the cookie', async () => {
  const answer = await fetch(`${app.url}/api/logout`, { method: 'POST' });
  assert.equal(answer.status, 200);
  assert.match(answer.headers.get('set-cookie'), /^session=; Path=\/; Expires=Thu, 01 Jan 1970/);
});
