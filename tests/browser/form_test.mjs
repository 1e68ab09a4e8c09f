// The forms: errors stand in the form, the typed name is kept, the keyboard is enough.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { openBrowser } from './support/browser.mjs';
import { startServer } from './support/server.mjs';
import { assertLoggedInAs, assertLoggedOut, field, logIn, logOut, PASSWORD, path, signUp }
  from './support/site.mjs';

const NAME = 'grace';
const MARKUP = '"><script>document.title="owned"</script>';

for (const javaScript of [true, false]) {
  describe(`The forms with JavaScript ${javaScript ? 'on' : 'off'}`, () => {
    let server, browser, page;

    before(async () => {
      server = await startServer();
      browser = await openBrowser({ url: server.url, javaScript });
      page = browser.page;
      await signUp(page, NAME);
      await logOut(page);
    });
    after(async () => {
      await browser?.close();
      await server?.stop();
    });

    const error = () => page.getByRole('alert').innerText();

    test('a wrong password is told in the form and the typed name is kept', async () => {
      await logIn(page, NAME, { password: 'not the right password' });
      assert.equal(path(page), '/login');
      assert.match(await error(), /wrong|not|incorrect/i);
      assert.equal(await field.username(page).inputValue(), NAME);
      assert.equal(await field.password(page).inputValue(), '');
    });

    test('an unknown user gets the same words as a wrong password', async () => {
      await logIn(page, NAME, { password: 'not the right password' });
      const known = await error();
      await logIn(page, 'nobody-of-that-name', { password: 'not the right password' });
      assert.equal(await error(), known);
    });

    test('a taken name is told in the sign-up form', async () => {
      await signUp(page, NAME);
      assert.equal(path(page), '/signup');
      assert.match(await error(), /taken/i);
      assert.equal(await field.username(page).inputValue(), NAME);
    });

    test('markup in a name is shown as text', async () => {
      await logIn(page, MARKUP, { password: 'not the right password' });
      assert.equal(await field.username(page).inputValue(), MARKUP);
      assert.doesNotMatch(await page.title(), /owned/);
    });

    test('the keyboard is enough to log in and out', async () => {
      const tabTo = async (selector) => {
        for (let presses = 0; presses < 20; presses++) {
          if (await page.locator(`${selector}:focus`).count()) return;
          await page.keyboard.press('Tab');
        }
        assert.fail(`Tab does not reach ${selector}`);
      };
      await page.goto('/login');
      await tabTo('input[name=username]');
      await page.keyboard.type(NAME);
      await tabTo('input[name=password]');
      await page.keyboard.type(PASSWORD);
      await Promise.all([page.waitForURL((url) => url.pathname !== '/login'),
        page.keyboard.press('Enter')]);
      await assertLoggedInAs(page, NAME);
      await tabTo('form[action="/logout"] button');
      await Promise.all([page.waitForURL((url) => url.pathname !== '/training'),
        page.keyboard.press('Enter')]);
      await assertLoggedOut(page);
    });

    test('every page has a language, a title, one main heading and labelled fields', async () => {
      for (const address of ['/', '/login', '/signup']) {
        await page.goto(address);
        assert.match((await page.locator('html').getAttribute('lang')) ?? '', /^en/);
        assert.notEqual(await page.title(), '');
        assert.equal(await page.locator('h1').count(), 1, address);
        for (const input of await page.locator('input:not([type=hidden])').all()) {
          const { id, labels } = await input.evaluate((element) =>
            ({ id: element.id || element.name, labels: element.labels.length }));
          assert.equal(labels, 1, `${address} ${id}`);
        }
      }
    });
  });
}
