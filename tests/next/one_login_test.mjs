// One login, two languages, one browser: `latchkey serve` and a Next.js application have the same
// database, and share a cookie as two parts of one site do.
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { startServer } from '../browser/support/server.mjs';
import * as site from '../browser/support/site.mjs';
import { startApp } from './support/app.mjs';
import { assertShown, button, path } from './support/person.mjs';
import { visit } from './support/visit.mjs';

const folder = fileURLToPath(new URL('../../build/next/fresh/', import.meta.url));

// The other process learns of an end within milliseconds; the wait has a hard limit.
async function reload(page, url, wanted) {
  const deadline = Date.now() + 5000;
  do {
    await page.goto(url);
    // A page that is streaming redirects by its script, after it has loaded.
    await page.waitForURL((now) => now.pathname === wanted, { timeout: 1000 }).catch(() => {});
  } while (path(page) !== wanted && Date.now() < deadline);
  assert.equal(path(page), wanted);
}

test('a log-in on the server or in Next.js is one on both, and so is a log-out', async (t) => {
  const server = await startServer();
  t.after(() => server.stop());
  const env = { LATCHKEY_STORE: `sqlite:${join(server.data, 'latchkey.db')}`, LATCHKEY_PUBLIC_URL: server.url };
  const app = await startApp(env, { folder });
  t.after(() => app.stop());
  await visit(server, async ({ page, context }) => {
    await site.signUp(page, 'ada');
    await site.assertLoggedInAs(page, 'ada');
    const { name } = await site.sessionCookie(context);
    await page.goto(app.url);
    await assertShown(page, '/', 'Next.js knows ada');

    await button(page, 'Log out').click();
    await assertShown(page, '/enter', 'Enter');
    const left = (await context.cookies()).map(({ name }) => name);
    assert.deepEqual(left.filter((one) => !one.startsWith('device')), []);
    await site.assertLoggedOut(page);

    await page.goto(`${app.url}/enter`);
    await page.getByLabel('User name').fill('ada');
    await page.getByLabel('Password').fill(site.PASSWORD);
    await button(page, 'Log in').click();
    await assertShown(page, '/', 'Next.js knows ada');
    const cookie = await site.sessionCookie(context);
    assert.equal(cookie.name, name);
    await site.assertLoggedInAs(page, 'ada');

    await site.logOut(page);
    await page.waitForURL((url) => url.pathname !== '/training');
    // A copy of the cookie is out, too.
    await context.addCookies([cookie]);
    await reload(page, app.url, '/login');
    await reload(page, `${server.url}/training`, '/login');
  });
});
