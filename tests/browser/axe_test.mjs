// Every page, light and dark, as axe-core sees it: what would keep somebody out who hears the page or
// uses the keyboard alone.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { after, before, describe, test } from 'node:test';
import { openBrowser } from './support/browser.mjs';
import { nthMail, spooled } from './support/mails.mjs';
import { startServer } from './support/server.mjs';
import { field, logIn, signUp } from './support/site.mjs';

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const NAME = 'ada@example.com';
// Yellow cannot be read on white and navy not on black: the server moves both.
const COLORS = ['', '#ffee00', '#000080'];

for (const color of COLORS) {
  describe(`axe finds nothing, with the color ${color || 'that is usual'}`, () => {
    let server, browser, page;

    before(async () => {
      server = await startServer({
        settings: (folder) => ({ ...spooled(folder), ...(color && { 'pages.color': color }) }),
      });
      browser = await openBrowser({ url: server.url });
      page = browser.page;
    });
    after(async () => {
      await browser?.close();
      await server?.stop();
    });

    async function look(what) {
      for (const colorScheme of ['light', 'dark']) {
        // Without motion no color is between two others when it is looked at.
        await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
        const found = await page.evaluate(`${AXE}; axe.run(document, { resultTypes: ['violations'] })`);
        const texts = found.violations.map(({ id, nodes }) => `${id}: ${nodes.map((n) => n.html).join(' ')}`);
        assert.deepEqual(texts, [], `${what}, ${colorScheme}`);
        assert.ok(found.passes.length > 10, 'it did look');
      }
    }
    async function lookAt(...addresses) {
      for (const address of addresses) {
        await page.goto(address);
        await look(address);
      }
    }
    const press = (name) => page.locator('main').getByRole('button', { name }).click();

    test('for a stranger', async () => {
      await lookAt('/', '/login', '/signup', '/password/forgot', '/nothing', '/password/reset');
      await logIn(page, NAME, { password: 'not the right password' });
      await look('a refused log-in');
      await signUp(page, NAME, 'short');
      await look('a refused sign-up');
    });

    test('for a user', async () => {
      await signUp(page, NAME);
      const second = await openBrowser({ url: server.url });
      await logIn(second.page, NAME);
      await second.close();
      await lookAt('/', '/training', '/sessions', '/account', '/account/password', '/account/delete',
        '/account/email', '/reauth', '/account?notice=changed');
      await page.goto('/reauth');
      await field.password(page).fill('not the right password');
      await press(/confirm/i);
      await look('a refused word');
    });

    test('behind the link of a mail', async () => {
      await page.goto('/password/forgot');
      await field.username(page).fill(NAME);
      await press(/send/i);
      await look('the mail is on its way');
      await page.goto((await nthMail(server, 2)).link);
      await look('/password/reset');
      await page.getByLabel(/new password/i).fill('short');
      await press(/set/i);
      await look('a refused password');
    });
  });
}
