// The seeds' flows in the training application, in a real browser.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { goBack } from '../browser/support/browser.mjs';
import { startApp } from './support/app.mjs';
import {
  assertLogin, assertNoToast, assertShown, assertTraining, button, logIn, logOut, PASSWORD, path,
  sessionCookie, signUp,
} from './support/person.mjs';
import { visit } from './support/visit.mjs';

let app;
before(async () => {
  app = await startApp();
});
after(() => app.stop());

test('sign up leads to a session, its cookie and the training', () => visit(app, async ({ page, context }) => {
  await signUp(page, 'ada');
  await assertTraining(page);
  const cookie = await sessionCookie(context);
  assert.equal(cookie.httpOnly, true);
  assert.equal(cookie.sameSite, 'Lax');
  assert.equal(cookie.path, '/');
  assert.ok(cookie.expires > Date.now() / 1000 + 29 * 86400, 'the cookie lives to the deadline');
  await page.getByText('ada', { exact: true }).waitFor();
  const html = await (await context.request.get('/training')).text();
  assert.match(html, /class="who" title="ada"/, 'userAtom is filled while the server renders');
  await logOut(page);
  await assertShown(page, '/', /Train a little/);
  assert.equal(await sessionCookie(context), undefined);
  await page.goto('/training');
  await assertLogin(page);
  await assertNoToast(page);
}));

test('what is wrong with a form is told in the form', () => visit(app, async ({ page }) => {
  await signUp(page, 'ben', 'short');
  await page.getByText('Use at least 15 characters').waitFor();
  assert.equal(await page.getByLabel('User name or e-mail').inputValue(), 'ben');
  await signUp(page, 'ben');
  await assertTraining(page);
  await logOut(page);
  await page.getByRole('heading', { name: /Train a little/ }).waitFor();
  await signUp(page, 'ben');
  await page.getByText(/taken|exists/i).waitFor();
  await logIn(page, 'ben', 'quite a wrong password');
  await page.getByRole('alert').filter({ hasText: /wrong|match|not/i }).first().waitFor();
  assert.equal(path(page), '/login');
}));

test('a protected page leads to the login and back again', () => visit(app, async ({ page }) => {
  await signUp(page, 'cleo');
  await assertTraining(page);
  await logOut(page);
  await page.getByRole('heading', { name: /Train a little/ }).waitFor();
  await page.goto('/training/core');
  await assertLogin(page);
  await page.getByLabel('User name or e-mail').fill('cleo');
  await page.getByLabel('Password', { exact: true }).fill(PASSWORD);
  await button(page, 'Log in').click();
  await assertShown(page, '/training/core', 'Core without crunches');
  await page.goto('/login');
  await assertTraining(page);
}));

test('a log-in leads to no other site, whatever the address says', () => visit(app, async ({ page, context }) => {
  await signUp(page, 'eve');
  await assertTraining(page);
  const asked = [];
  page.on('request', (request) => asked.push(request.url()));
  // The router resolves the dots, and would read what is left as a host.
  for (const next of ['/.//evil.example', '/training/..//..//evil.example', '//evil.example', '/\\evil.example']) {
    await context.clearCookies();
    await page.goto(`/login?next=${encodeURIComponent(next)}`);
    await page.getByLabel('User name or e-mail').fill('eve');
    await page.getByLabel('Password', { exact: true }).fill(PASSWORD);
    await button(page, 'Log in').click();
    await assertTraining(page);
  }
  assert.deepEqual(asked.filter((url) => !url.startsWith(app.url)), []);
}));

test('Back after logging out shows nothing private', () => visit(app, async ({ page }) => {
  await signUp(page, 'dan');
  await assertTraining(page);
  await page.getByRole('link', { name: 'Hill intervals' }).click();
  await assertShown(page, '/training/intervals', 'Hill intervals');
  await logOut(page);
  await page.getByRole('heading', { name: /Train a little/ }).waitFor();
  await goBack(page);
  await assertLogin(page);
}));
