// Takes the pictures of the pages for the documents: node tests/browser/screenshots.mjs
import { fileURLToPath } from 'node:url';
import { mkdir } from 'node:fs/promises';
import { openBrowser } from './support/browser.mjs';
import { startServer } from './support/server.mjs';
import { logIn, logOut, signUp } from './support/site.mjs';

const IMAGES = fileURLToPath(new URL('../../docs/images/', import.meta.url));
const NAME = 'ada@example.com';
const PHONE = 'Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 ' +
  '(KHTML, like Gecko) Version/17.5 Mobile/15E148 Safari/604.1';
const WIDE = { width: 900, height: 600 };
const NARROW = { width: 390, height: 760 };

await mkdir(IMAGES, { recursive: true });
const server = await startServer();
const laptop = await openBrowser({ url: server.url, viewport: WIDE });
const phone = await openBrowser({ url: server.url, viewport: NARROW, userAgent: PHONE });

async function shoot(page, address, name, colorScheme = 'light') {
  await page.emulateMedia({ colorScheme });
  if (address) await page.goto(address);
  await page.waitForTimeout(500); // colours change with a transition
  await page.screenshot({ path: `${IMAGES}${name}.png` });
}

await signUp(laptop.page, NAME);
await logIn(phone.page, NAME);
for (const scheme of ['light', 'dark']) {
  await shoot(laptop.page, '/sessions', `sessions-${scheme}`, scheme);
}
await shoot(phone.page, '/sessions', 'sessions-mobile');
await logOut(laptop.page);
await logIn(laptop.page, NAME, { password: 'not the right password' });
for (const scheme of ['light', 'dark']) await shoot(laptop.page, null, `login-${scheme}`, scheme);

await phone.close();
await laptop.close();
await server.stop();
