// What a person does on the pages, by the names they see.
import assert from 'node:assert/strict';

export const PASSWORD = 'correct horse battery staple';

export const field = {
  username: (page) => page.getByLabel(/user ?name|e-?mail/i),
  password: (page) => page.getByLabel(/^password/i),
  remember: (page) => page.getByLabel(/remember|keep me|stay/i),
};

const submit = (page, name) =>
  page.locator('main').getByRole('button', { name }).click();

export async function signUp(page, username, password = PASSWORD) {
  await page.goto('/signup');
  await field.username(page).fill(username);
  await field.password(page).fill(password);
  await submit(page, /sign up|create/i);
}

export async function logIn(page, username, { password = PASSWORD, remember = true } = {}) {
  await page.goto('/login');
  await field.username(page).fill(username);
  await field.password(page).fill(password);
  await field.remember(page).setChecked(remember);
  await submit(page, /log in/i);
}

export const logOut = (page) => page.getByRole('button', { name: /log out/i }).first().click();

export const path = (page) => new URL(page.url()).pathname;

/** The page is the log-in form, answered as a page and not as an error. */
export async function assertLogInPage(page) {
  assert.equal(path(page), '/login');
  assert.equal(await field.password(page).count(), 1);
}

export async function assertLoggedInAs(page, username) {
  const answer = await page.goto('/training');
  assert.equal(answer.status(), 200);
  assert.equal(path(page), '/training');
  assert.ok((await page.locator('body').innerText()).includes(username), 'the name is shown');
}

export async function assertLoggedOut(page) {
  const answer = await page.goto('/training');
  assert.equal(answer.status(), 200);
  await assertLogInPage(page);
}

/** The session cookie in the browser's jar, or undefined. */
export async function sessionCookie(context) {
  const cookies = await context.cookies();
  return cookies.find((cookie) => /session/.test(cookie.name));
}
