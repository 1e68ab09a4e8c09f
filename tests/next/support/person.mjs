// What a person does in the training application, by the names they see.
import assert from 'node:assert/strict';

export const PASSWORD = 'correct horse battery staple';

export const path = (page) => new URL(page.url()).pathname;

export const button = (page, name) => page.getByRole('button', { name });

async function fill(page, username, password) {
  await page.getByLabel('User name or e-mail').fill(username);
  await page.getByLabel('Password', { exact: true }).fill(password);
}

export async function signUp(page, username, password = PASSWORD) {
  await page.goto('/signup');
  await fill(page, username, password);
  await button(page, 'Sign up').click();
}

export async function logIn(page, username, password = PASSWORD) {
  await page.goto('/login');
  await fill(page, username, password);
  await button(page, 'Log in').click();
}

export const logOut = (page) => button(page, 'Log out').click();

/** The page with this heading at this path is what is shown. */
export async function assertShown(page, wanted, heading) {
  await page.waitForURL((url) => url.pathname === wanted);
  await page.getByRole('heading', { level: 1, name: heading }).waitFor();
}

export const assertTraining = (page) => assertShown(page, '/training', 'Your training');
export const assertLogin = (page) => assertShown(page, '/login', 'Welcome back');

export async function sessionCookie(context) {
  const cookies = await context.cookies();
  return cookies.find(({ name }) => name.startsWith('training-') && !name.endsWith('device'));
}

/** The toasts on the page, as text. */
export const toasts = (page) => page.locator('[data-sonner-toast]').allInnerTexts();

export async function assertNoToast(page) {
  assert.deepEqual(await toasts(page), []);
}
