// A walk through the pages that `latchkey init` leaves, the same for every framework.
import assert from 'node:assert/strict';
import { openBrowser } from '../../browser/support/browser.mjs';
import { assertShown, button, PASSWORD } from './person.mjs';

const FIREFOX = 'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0';

export async function enter(page, how, username, password = PASSWORD) {
  await page.getByLabel('User name or e-mail').fill(username);
  await page.getByLabel('Password', { exact: true }).fill(password);
  await button(page, how).click();
}

/** The message beside this field, and no other, says what is wrong. */
export async function assertRefused(page, label, message) {
  const alert = page.getByRole('alert').filter({ hasText: message });
  await alert.waitFor();
  const field = page.getByLabel(label, { exact: true });
  assert.equal(await field.getAttribute('aria-invalid'), 'true', label);
  assert.equal(await field.getAttribute('aria-describedby'), await alert.getAttribute('id'));
  assert.equal(await page.locator('[aria-invalid]').count(), 1);
}

async function sessionCookie(context) {
  const cookies = await context.cookies();
  return cookies.find(({ name }) => name.startsWith('session-'));
}

async function opened(app, options, run) {
  const browser = await openBrowser({ url: app.url, ...options });
  browser.context.setDefaultTimeout(60_000);
  const said = [];
  browser.page.on('console', (message) => {
    const text = message.text();
    if (!['error', 'warning'].includes(message.type())) return;
    // Chromium reports a refused form, and an icon that nobody drew.
    if (/status of 422/.test(text) || /favicon\.ico$/.test(message.location().url)) return;
    said.push(text);
  });
  try {
    await run(browser);
  } catch (error) {
    await browser.close().catch(() => {});
    throw error;
  }
  await browser.close();
  assert.deepEqual(said, [], 'the console is silent');
}

// Where the pages of a framework are; Express and Hono have one for all.
const APART = {
  private: { path: '/members', heading: 'Members only' },
  devices: { path: '/account/devices', heading: 'Your devices' },
};
export const ONE_PAGE = { private: { path: '/account', heading: 'Your account' }, devices: { path: '/account', heading: 'Your account' } };

/** Signs up, fails, logs in and out: with scripts, or with none. */
export const walk = (app, { username, javaScript = true, pages = APART }) =>
  opened(app, { javaScript }, async ({ page, context }) => {
    await page.goto('/account');
    await assertShown(page, '/login', 'Log in');
    await page.goto('/signup');
    await enter(page, 'Sign up', username, 'short');
    await assertRefused(page, 'Password', /password/i);
    if (javaScript) assert.equal(await page.getByLabel('User name or e-mail').inputValue(), username);
    await enter(page, 'Sign up', username);
    await assertShown(page, '/account', 'Your account');
    await page.getByText(`Signed in as ${username}.`).waitFor();
    assert.notEqual((await sessionCookie(context)).expires, -1, 'it is remembered');

    await page.getByLabel('Current password').fill('not the password at all');
    await page.getByLabel('New password').fill(`${PASSWORD} 2`);
    await button(page, 'Change password').click();
    await assertRefused(page, 'Current password', /wrong/i);
    await page.getByLabel('Current password').fill(PASSWORD);
    await page.getByLabel('New password').fill(`${PASSWORD} 2`);
    await button(page, 'Change password').click();
    await page.getByRole('status').filter({ hasText: 'Your password is changed' }).waitFor();
    await button(page, 'Log out').click();
    await assertShown(page, '/login', 'Log in');

    await page.goto(`${pages.private.path}?a=b`);
    await assertShown(page, '/login', 'Log in');
    await page.getByLabel('Remember me').uncheck();
    await enter(page, 'Log in', username, 'wrong wrong wrong');
    await assertRefused(page, 'Password', /wrong/i);
    assert.equal(await page.getByLabel('Remember me').isChecked(), false, 'what was chosen stays');
    await enter(page, 'Log in', username, `${PASSWORD} 2`);
    await assertShown(page, pages.private.path, pages.private.heading);
    assert.equal(new URL(page.url()).search, '?a=b');
    assert.equal((await sessionCookie(context)).expires, -1, 'it ends with the browser');

    await walkDevices(app, page, username, { javaScript, pages });
    await page.goto('/account');
    await button(page, 'Log out').click();
    await assertShown(page, '/login', 'Log in');
    await page.goto(pages.devices.path);
    await assertShown(page, '/login', 'Log in');
  });

async function walkDevices(app, page, username, { javaScript, pages }) {
  await opened(app, { javaScript, userAgent: FIREFOX }, async (other) => {
    const enterThere = async () => {
      await other.page.goto('/login');
      await enter(other.page, 'Log in', username, `${PASSWORD} 2`);
      await assertShown(other.page, '/account', 'Your account');
    };
    const isOut = async () => {
      await other.page.goto(pages.private.path);
      await assertShown(other.page, '/login', 'Log in');
    };
    await enterThere();
    await page.goto(pages.devices.path);
    await assertShown(page, pages.devices.path, pages.devices.heading);
    const items = page.getByRole('listitem');
    const one = (text) => items.filter({ hasText: text });
    await one('Firefox on Linux').waitFor();
    await one(/Chrome on Linux\s+\(this one\)/).waitFor();
    await one('Firefox on Linux').getByRole('button', { name: 'Log out there' }).click();
    await one('Firefox on Linux').waitFor({ state: 'detached' });
    await isOut();
    await enterThere();
    await page.goto(pages.devices.path);
    await button(page, 'Log out everywhere else').click();
    await one('Firefox on Linux').waitFor({ state: 'detached' });
    assert.equal(await items.count(), 1);
    await isOut();
  });
}
