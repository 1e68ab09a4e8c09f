// Takes pictures of the pages that `latchkey init` leaves, to look at: node tests/next/init_screenshots.mjs FOLDER
import { mkdir } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { openBrowser } from '../browser/support/browser.mjs';
import { startApp } from './support/app.mjs';
import { enter } from './support/init_walk.mjs';
import { button, PASSWORD } from './support/person.mjs';

const target = process.argv[2] ?? 'build/init-pages';
await mkdir(target, { recursive: true });
const app = await startApp({}, { folder: fileURLToPath(new URL('../../build/next/fresh/', import.meta.url)) });
const { page, context, close } = await openBrowser({ url: app.url });
context.setDefaultTimeout(60_000);

async function shoot(name) {
  for (const colorScheme of ['light', 'dark']) {
    for (const width of [390, 1280]) {
      await page.emulateMedia({ colorScheme });
      await page.setViewportSize({ width, height: 800 });
      await page.screenshot({ path: `${target}/${name}-${colorScheme}-${width}.png` });
    }
  }
}

await page.goto('/signup');
await enter(page, 'Sign up', 'ada@example.com', 'short');
await page.locator('[aria-invalid]').waitFor();
await shoot('signup-refused');
await enter(page, 'Sign up', 'ada@example.com');
await page.waitForURL('**/account');
await button(page, 'Change password').waitFor();
await shoot('account');
await context.clearCookies();
await page.goto('/login');
await shoot('login');
await enter(page, 'Log in', 'ada@example.com', PASSWORD);
await page.waitForURL('**/account');
await page.goto('/account/devices');
await shoot('devices');
await page.goto('/members');
await shoot('members');
await close();
await app.stop();
