// The walk of a user through the pages, with JavaScript and without. The server's own pages and the
// C++ examples are walked alike.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { goBack, openBrowser } from './browser.mjs';
import { assertLoggedInAs, assertLoggedOut, assertLogInPage, field, logIn, logOut, path,
  sessionCookie, signUp } from './site.mjs';

const NAME = 'ada@example.com';

/** `site`: start() as startServer does, and where the list of `devices` and the page after log-in are. */
export function describeWalk(name, site) {
  for (const javaScript of [true, false]) walk(name, site, javaScript);
}

function walk(name, { start, devices, home }, javaScript) {
  describe(`${name}, with JavaScript ${javaScript ? 'on' : 'off'}`, () => {
    let server, laptop, phone, laptopToken;

    before(async () => {
      server = await start();
      laptop = await openBrowser({ url: server.url, javaScript });
      phone = await openBrowser({ url: server.url, javaScript, userAgent:
        'Mozilla/5.0 (Linux; Android 14) AppleWebKit/537.36 (KHTML, like Gecko) ' +
        'Chrome/120.0.0.0 Mobile Safari/537.36' });
    });
    after(async () => {
      await laptop?.close();
      await phone?.close();
      await server?.stop();
    });

    const otherSessions = (page) =>
      page.locator('main').getByRole('button', { name: /^end(?!.*other)/i });

    test('a visitor without a session is sent from /training to the log-in page', async () => {
      await assertLoggedOut(laptop.page);
      await laptop.page.goto('/');
      assert.equal(await laptop.page.getByRole('link', { name: /log in/i }).count() > 0, true);
    });

    test('sign-up opens a session and the protected page shows the name', async () => {
      await signUp(laptop.page, NAME);
      assert.notEqual(path(laptop.page), '/signup');
      await assertLoggedInAs(laptop.page, NAME);
      await laptop.page.goto('/');
      assert.ok((await laptop.page.locator('main').innerText()).includes(NAME));
    });

    test('log-in and sign-up send a logged-in visit to the home page', async () => {
      for (const form of ['/login', '/signup']) {
        await laptop.page.goto(form);
        assert.equal(path(laptop.page), home);
      }
    });

    test('a second browser logs in and both are listed', async () => {
      await logIn(phone.page, NAME);
      await assertLoggedInAs(phone.page, NAME);
      await laptop.page.goto(devices);
      const text = await laptop.page.locator('main').innerText();
      assert.match(text, /android/i);
      assert.match(text, /this device|current/i);
      assert.match(text, /127\.0\.0\.1|::1/);
      assert.equal(await otherSessions(laptop.page).count(), 1);
    });

    test('ending the other session logs the other browser out', async () => {
      await otherSessions(laptop.page).click();
      assert.equal(path(laptop.page), devices);
      assert.equal(await otherSessions(laptop.page).count(), 0);
      await assertLoggedOut(phone.page);
      await assertLoggedInAs(laptop.page, NAME);
    });

    test('ending all others keeps the current session', async () => {
      await logIn(phone.page, NAME);
      await assertLoggedInAs(phone.page, NAME);
      await laptop.page.goto(devices);
      await laptop.page.getByRole('button', { name: /other/i }).click();
      await assertLoggedOut(phone.page);
      await assertLoggedInAs(laptop.page, NAME);
    });

    test('log-out empties the jar, and Back shows nothing private', async () => {
      laptopToken = await sessionCookie(laptop.context);
      await assertLoggedInAs(laptop.page, NAME);
      await laptop.page.goto(devices);
      await logOut(laptop.page);
      assert.equal(await sessionCookie(laptop.context), undefined);
      for (let steps = 0; steps < 3; steps++) {
        await goBack(laptop.page);
        const text = await laptop.page.locator('body').innerText();
        assert.ok(!text.includes(NAME), `Back ${steps + 1} shows the name`);
      }
      await assertLoggedOut(laptop.page);
    });

    test('a stale cookie gives the log-in page, not an error', async () => {
      await laptop.context.addCookies([laptopToken]);
      await assertLoggedOut(laptop.page);
      await laptop.context.addCookies([laptopToken]);
      assert.equal((await laptop.page.goto('/')).status(), 200);
      await laptop.context.addCookies([laptopToken]);
      await laptop.page.goto(devices);
      await assertLogInPage(laptop.page);
    });

    test('a garbled cookie gives the log-in page, not an error', async () => {
      for (const value of ['x', 'lk1_', laptopToken.value.slice(0, -1), 'A'.repeat(3000)]) {
        await laptop.context.addCookies([{ ...laptopToken, value }]);
        await assertLoggedOut(laptop.page);
      }
    });

    test('the user can log in again', async () => {
      await logIn(laptop.page, NAME);
      await assertLoggedInAs(laptop.page, NAME);
      assert.notEqual((await sessionCookie(laptop.context)).value, laptopToken.value);
      assert.equal(await field.password(laptop.page).count(), 0);
    });
  });
}
