// A forgotten password by the spool, the password once more, and the end of an account.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { openBrowser } from './support/browser.mjs';
import { mails, nthMail, spooled } from './support/mails.mjs';
import { startServer } from './support/server.mjs';
import { assertLoggedInAs, assertLoggedOut, field, logIn, logOut, PASSWORD, path, signUp }
  from './support/site.mjs';

const NAME = 'ada@example.com';
const NEW = 'a quite different long password';

for (const javaScript of [true, false]) {
  describe(`A forgotten password with JavaScript ${javaScript ? 'on' : 'off'}`, () => {
    let server, browser, other, page;
    const press = (name) => page.locator('main').getByRole('button', { name }).click();

    before(async () => {
      server = await startServer({
        settings: (folder) => ({ ...spooled(folder), 'accounts.recent_login': '5s' }),
      });
      browser = await openBrowser({ url: server.url, javaScript });
      other = await openBrowser({ url: server.url, javaScript });
      page = browser.page;
      await signUp(page, NAME);
      await logOut(page);
      await logIn(other.page, NAME);
    });
    after(async () => {
      await browser?.close();
      await other?.close();
      await server?.stop();
    });

    test('R98: a log-in on another device is told by mail, and shown', async () => {
      const mail = await nthMail(server, 1);
      assert.deepEqual([mail.kind, mail.to, mail.client_address], ['new_device', NAME, '127.0.0.1']);
      assert.match(mail.text, /Chrome on Linux, address 127\.0\.0\.1/);
      await other.page.goto('/sessions');
      assert.match(await other.page.locator('main').innerText(), /Logged in on a new device/);
    });

    test('leads from the log-in page to a mail', async () => {
      await page.goto('/login');
      await page.getByRole('link', { name: /forgot/i }).click();
      assert.equal(path(page), '/password/forgot');
      await field.username(page).fill(NAME);
      await press(/send/i);
      assert.match(await page.getByRole('status').innerText(), /on its way/);
      const mail = await nthMail(server, 2);
      assert.deepEqual([mail.kind, mail.to], ['password_reset', NAME]);
      assert.ok(mail.link.startsWith(`${server.url}/password/reset?token=`));
      assert.ok(mail.text.includes(mail.link));
    });

    test('an unknown name is told the same, and gets no mail', async () => {
      await page.goto('/password/forgot');
      await field.username(page).fill('nobody@example.com');
      await press(/send/i);
      assert.match(await page.getByRole('status').innerText(), /on its way/);
      assert.equal((await mails(server)).length, 2);
    });

    test('the link sets a new password and ends the sessions of before', async () => {
      const { link } = await nthMail(server, 2);
      await page.goto(link);
      await page.getByLabel(/new password/i).fill('short');
      await press(/set/i);
      assert.match(await page.getByRole('alert').innerText(), /too short/);
      await page.getByLabel(/new password/i).fill(NEW);
      await press(/set/i);
      assert.equal(path(page), '/login');
      assert.match(await page.getByRole('status').innerText(), /has been changed/);
      await assertLoggedOut(other.page);
      assert.equal((await nthMail(server, 3)).kind, 'password_changed');
      await logIn(page, NAME);
      assert.match(await page.getByRole('alert').innerText(), /wrong/);
      await logIn(page, NAME, { password: NEW });
      await assertLoggedInAs(page, NAME);
      await page.goto(link);
      assert.match(await page.locator('h1').innerText(), /does not work/);
      await page.getByRole('link', { name: /new link/i }).click();
      assert.equal(path(page), '/password/forgot');
    });

    test('the password is changed on a page', async () => {
      await page.goto('/account');
      await page.locator('main').getByRole('link', { name: /change/i }).click();
      await page.getByLabel(/you have now/i).fill(NEW);
      await page.getByLabel(/new password/i).fill(PASSWORD);
      await press(/change/i);
      assert.equal(path(page), '/account');
      assert.match(await page.getByRole('status').innerText(), /has been changed/);
      await assertLoggedInAs(page, NAME);
    });

    test('an account is deleted after the password was given once more', async () => {
      // What the server calls recent is five seconds here: it is over when it asks again.
      for (let tries = 0; tries < 2000 && path(page) !== '/reauth'; tries++) {
        await page.goto('/account/delete');
      }
      assert.equal(path(page), '/reauth');
      await field.password(page).fill('not the right password');
      await press(/confirm/i);
      assert.match(await page.getByRole('alert').innerText(), /wrong/);
      await field.password(page).fill(PASSWORD);
      await press(/confirm/i);
      assert.equal(path(page), '/account/delete');
      await page.getByLabel(/for good/i).check();
      await press(/delete/i);
      // A slow machine may have needed more than these seconds.
      if (path(page) === '/reauth') {
        await field.password(page).fill(PASSWORD);
        await press(/confirm/i);
        await page.getByLabel(/for good/i).check();
        await press(/delete/i);
      }
      assert.match(await page.getByRole('status').innerText(), /has been deleted/);
      await assertLoggedOut(page);
      await logIn(page, NAME);
      assert.match(await page.getByRole('alert').innerText(), /wrong/);
    });
  });
}

test('without mail no page offers a new password', async () => {
  const server = await startServer();
  const browser = await openBrowser({ url: server.url });
  try {
    await browser.page.goto('/login');
    assert.equal(await browser.page.getByRole('link', { name: /forgot/i }).count(), 0);
    assert.equal((await browser.page.goto('/password/forgot')).status(), 404);
  } finally {
    await browser.close();
    await server.stop();
  }
});
