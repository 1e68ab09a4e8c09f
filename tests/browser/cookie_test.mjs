// The cookie as the browser keeps it and sends it back.
import assert from 'node:assert/strict';
import { rm } from 'node:fs/promises';
import { after, before, describe, test } from 'node:test';
import { newProfileDirectory, openBrowser } from './support/browser.mjs';
import { startServer } from './support/server.mjs';
import { assertLoggedInAs, assertLoggedOut, logIn, logOut, sessionCookie, signUp }
  from './support/site.mjs';

const NAME = 'edsger';
const DAY = 86_400;

describe('The cookie over http', () => {
  let server, browser, setCookie;

  before(async () => {
    server = await startServer();
    browser = await openBrowser({ url: server.url });
    browser.page.on('response', async (response) => {
      const headers = await response.headersArray().catch(() => []);
      setCookie = headers.find((header) => header.name.toLowerCase() === 'set-cookie')?.value ??
        setCookie;
    });
    await signUp(browser.page, NAME);
    await logOut(browser.page);
    await logIn(browser.page, NAME);
  });
  after(async () => {
    await browser?.close();
    await server?.stop();
  });

  test('its attributes in the jar are the promised ones', async () => {
    const cookie = await sessionCookie(browser.context);
    assert.equal(cookie.name, `session-${server.port}`);
    assert.match(cookie.value, /^lk1_[A-Za-z0-9_-]{47}$/);
    assert.equal(cookie.domain, 'localhost'); // no leading dot: a host-only cookie
    assert.equal(cookie.path, '/');
    assert.equal(cookie.httpOnly, true);
    assert.equal(cookie.secure, false);
    assert.equal(cookie.sameSite, 'Lax');
    const days = (cookie.expires - Date.now() / 1000) / DAY;
    assert.ok(days > 29.9 && days < 30.1, `expires in ${days} days`);
    assert.doesNotMatch(setCookie, /domain/i);
  });

  test('the next request sends exactly that cookie', async () => {
    const cookie = await sessionCookie(browser.context);
    const answer = await browser.page.goto('/training');
    const { cookie: sent } = await answer.request().allHeaders();
    const all = sent.split('; ').filter((pair) => !pair.startsWith('device-'));
    assert.deepEqual(all, [`${cookie.name}=${cookie.value}`]);
  });

  test('scripts of the page cannot read it', async () => {
    await browser.page.goto('/');
    assert.equal(await browser.page.evaluate(() => document.cookie), '');
  });

  test('another log-in gets another token', async () => {
    const before = await sessionCookie(browser.context);
    await logOut(browser.page);
    await logIn(browser.page, NAME);
    assert.notEqual((await sessionCookie(browser.context)).value, before.value);
  });
});

describe('A restart of the browser', () => {
  let server;
  before(async () => {
    server = await startServer();
    const browser = await openBrowser({ url: server.url });
    await signUp(browser.page, NAME);
    await browser.close();
  });
  after(() => server?.stop());

  for (const javaScript of [true, false]) {
    for (const remember of [true, false]) {
      const what = remember ? 'keeps a login' : 'ends a login without "remember me"';
      test(`${what}, JavaScript ${javaScript ? 'on' : 'off'}`, async () => {
        const directory = await newProfileDirectory();
        const options = { url: server.url, directory, javaScript };
        const first = await openBrowser(options);
        await logIn(first.page, NAME, { remember });
        await assertLoggedInAs(first.page, NAME);
        assert.equal((await sessionCookie(first.context)).expires > 0, remember);
        await first.close();

        const second = await openBrowser(options);
        await (remember ? assertLoggedInAs(second.page, NAME) : assertLoggedOut(second.page));
        await second.close();
        await rm(directory, { recursive: true });
      });
    }
  }
});
