// A user's e-mail address by the spool: the mail, its link, and the button that confirms it.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { openBrowser } from './support/browser.mjs';
import { nthMail, spooled } from './support/mails.mjs';
import { startServer } from './support/server.mjs';
import { assertLogInPage, field, PASSWORD, path, signUp } from './support/site.mjs';

for (const javaScript of [true, false]) {
  describe(`An e-mail address with JavaScript ${javaScript ? 'on' : 'off'}`, () => {
    let server, browser, stranger, page;
    const press = (name) => page.locator('main').getByRole('button', { name }).click();

    before(async () => {
      server = await startServer({ settings: (folder) => spooled(folder) });
      browser = await openBrowser({ url: server.url, javaScript });
      stranger = await openBrowser({ url: server.url, javaScript });
      page = browser.page;
      await signUp(page, 'ada');
    });
    after(async () => {
      await browser?.close();
      await stranger?.close();
      await server?.stop();
    });

    test('is asked for on the account page, and gets a mail', async () => {
      await page.goto('/account');
      await page.getByRole('link', { name: /e-mail address/i }).click();
      assert.equal(path(page), '/account/email');
      await page.getByLabel('E-mail address').fill('ada@example.com');
      await press(/send/i);
      assert.match(await page.getByRole('status').innerText(), /on its way to ada@example\.com/);
      const mail = await nthMail(server, 1);
      assert.deepEqual([mail.kind, mail.to], ['address_verification', 'ada@example.com']);
      assert.ok(mail.link.startsWith(`${server.url}/account/email/confirm?token=`));
    });

    test('a first address is confirmed in any browser in which its user logs in', async () => {
      const { link } = await nthMail(server, 1);
      const other = stranger.page;
      await other.goto(link);
      await assertLogInPage(other);
      await field.username(other).fill('ada');
      await field.password(other).fill(PASSWORD);
      await other.locator('main').getByRole('button', { name: /log in/i }).click();
      await other.waitForURL(link); // back at the link
      await page.goto('/account/email');
      assert.equal(await page.getByText('It is confirmed.').count(), 0, 'a look confirms nothing');
      await other.locator('main').getByRole('button', { name: /confirm/i }).click();
      assert.match(await other.getByRole('status').innerText(), /ada@example\.com/);
      await page.goto('/account/email');
      assert.equal(await page.getByText('It is confirmed.').count(), 1);
    });

    test('a link that was used leads to a new one', async () => {
      const { link } = await nthMail(server, 1);
      await page.goto(link);
      assert.equal(await page.getByRole('link', { name: /new link/i }).getAttribute('href'),
        '/account/email');
    });
  });
}
