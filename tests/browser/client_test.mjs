// /latchkey.js on the pages of the server, and on those of a site whose server fails at will.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { after, before, describe, test } from 'node:test';
import { openBrowser as open } from './support/browser.mjs';
import { startServer } from './support/server.mjs';
import { assertLoggedInAs, assertLogInPage, logIn, logOut, path, signUp } from './support/site.mjs';

const NAME = 'ada@example.com';
const EXPIRED = 'Session expired. Please log in again.';
const SCRIPT = new URL('../../src/auth/browser_client/latchkey.js', import.meta.url);

// Pages here are loaded by themselves, when an answer has come: in a busy machine's time.
async function openBrowser(options) {
  const browser = await open(options);
  browser.context.setDefaultTimeout(60_000);
  return browser;
}

const redirected = (page) => page.waitForURL(/\/login\?next=/, { waitUntil: 'commit' });
const toast = (page) => page.locator('[data-latchkey-toast]');
const toastText = (page) => page.locator('[data-latchkey-toast] [role=status]:not(:empty)').innerText();

/** Notes what the script asks for from now on. */
function watchStatus(page) {
  const asked = [];
  page.on('request', (request) => {
    if (new URL(request.url()).pathname === '/v1/session/status') asked.push(request.url());
  });
  return asked;
}

describe('/latchkey.js on the pages of the server', () => {
  let server, browser;
  before(async () => {
    server = await startServer();
    browser = await openBrowser({ url: server.url });
    await signUp(browser.page, NAME);
  });
  after(async () => {
    await browser?.close();
    await server?.stop();
  });

  test('a page that knows who it is for asks nothing', async () => {
    const asked = watchStatus(browser.page);
    await assertLoggedInAs(browser.page, NAME);
    assert.equal(await browser.page.evaluate(() => window.latchkey.session().status), 'authenticated');
    assert.deepEqual(asked, []);
  });

  test('a log-out in one tab ends the other, without a toast', async () => {
    const other = await browser.context.newPage();
    await assertLoggedInAs(other, NAME);
    await logOut(browser.page);
    await redirected(other);
    assert.ok(!(await other.locator('body').innerText()).includes(NAME));
    assert.equal(await toast(other).count(), 0);
    await other.close();
  });

  test('a log-out by the script does the same', async () => {
    await logIn(browser.page, NAME);
    await assertLoggedInAs(browser.page, NAME);
    const other = await browser.context.newPage();
    await assertLoggedInAs(other, NAME);
    await browser.page.evaluate(() => window.latchkey.signOut());
    await Promise.all([browser.page, other].map(redirected));
    await other.close();
  });

  test('a session that is ended elsewhere is told after the redirect, once', async () => {
    await logIn(browser.page, NAME);
    await assertLoggedInAs(browser.page, NAME);
    const phone = await openBrowser({ url: server.url });
    try {
      await logIn(phone.page, NAME);
      await phone.page.goto('/sessions');
      await phone.page.getByRole('button', { name: /end all other/i }).click();
      await phone.page.getByText('All other sessions were ended').waitFor();
    } finally {
      await phone.close();
    }
    await browser.page.evaluate(() => window.latchkey.check());
    await redirected(browser.page);
    assert.equal(await toastText(browser.page), 'Your session was ended. Please log in again.');
    assert.equal(await browser.page.locator('[data-latchkey-notice]:visible').count(), 0, 'said once');
    await browser.page.getByRole('button', { name: 'Close' }).click();
    assert.equal(await toast(browser.page).count(), 0);
    await browser.page.reload();
    assert.equal(await toast(browser.page).count(), 0);
  });
});

// The session has to outlast the sign-up on any machine, so this takes a while.
test('a session past its end is sent to the log-in page, which says so', {
  skip: !process.env.LATCHKEY_FULL }, async () => {
  const server = await startServer({ settings: () => ({ 'session.idle': '20s', 'session.absolute': '20s' }) });
  const browser = await openBrowser({ url: server.url });
  try {
    await signUp(browser.page, NAME);
    await redirected(browser.page);
    assert.equal(await toastText(browser.page), EXPIRED);
  } finally {
    await browser.close();
    await server.stop();
  }
});

test('without JavaScript a session past its end leads to the log-in page as well', async () => {
  const server = await startServer({ settings: () => ({ 'session.idle': '2s', 'session.absolute': '2s' }) });
  const browser = await openBrowser({ url: server.url, javaScript: false });
  try {
    await signUp(browser.page, NAME);
    for (let tries = 0; path(browser.page) !== '/login' && tries < 500; tries++) {
      await browser.page.goto('/training');
    }
    await assertLogInPage(browser.page);
  } finally {
    await browser.close();
    await server.stop();
  }
});

/** A site with one private page, kept by the browser's cache, whose status route does as told. */
async function startSite() {
  const script = await readFile(SCRIPT);
  const site = { user: 'u1', logIns: 1, failing: 0, ends: 60_000, asked: 0 };
  site.logIn = (user) => Object.assign(site, { user, logIns: site.logIns + 1, reason: null });
  const session = () => site.user && {
    id: `session-${site.logIns}`, userId: site.user, version: 1, expiresAt: Date.now() + site.ends };
  const answers = {
    '/latchkey.js': () => ['text/javascript', script],
    '/v1/session/status': () => {
      site.asked += 1;
      const status = site.user ? 'authenticated' : 'unauthenticated';
      return ['application/json', JSON.stringify({ status, reason: site.reason ?? null,
        session: session(), now: Date.now() })];
    },
    '/private': () => ['text/html', page(`<main data-latchkey-private>Only for ${site.user}</main>`)],
    '/public': () => ['text/html', page('<main>For everybody <input id="draft"></main>')],
  };
  const page = (body) => '<!doctype html><html lang="en"><title>Site</title><link rel="icon" href="data:,">' +
    `<script src="/latchkey.js" data-session='${JSON.stringify(session())}' defer></script>${body}`;
  const server = createServer((request, response) => {
    const { pathname } = new URL(request.url, 'http://localhost');
    if (pathname === '/private' && !site.user) {
      response.writeHead(303, { location: '/public' }).end();
    } else if (site.failing && pathname === '/v1/session/status') {
      site.asked += 1;
      response.writeHead(site.failing).end();
    } else {
      const [type, body] = answers[pathname]?.() ?? ['text/plain', ''];
      response.writeHead(200, { 'content-type': type }).end(body);
    }
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  site.url = `http://localhost:${server.address().port}`;
  site.stop = () => {
    server.closeAllConnections();
    server.close();
  };
  return site;
}

describe('/latchkey.js on any site', () => {
  let site, browser;
  // A page from the cache is not loaded again, which page.goBack() would wait for.
  const back = () => browser.page.evaluate(() => history.back());
  const shown = () => browser.page.locator('main').isVisible();
  before(async () => {
    site = await startSite();
    browser = await openBrowser({ url: site.url });
  });
  after(async () => {
    await browser?.context.close(); // the 5xx here are wanted
    site?.stop();
  });

  test('503 and a dead network are no end of the session', async () => {
    await browser.page.goto('/private');
    site.failing = 503;
    await browser.page.evaluate(() => window.latchkey.check());
    assert.ok(await shown());
    await browser.context.setOffline(true);
    await browser.page.evaluate(() => window.latchkey.check());
    assert.ok(await shown());
    await browser.context.setOffline(false);
    site.failing = 0;
    await browser.page.evaluate(() => window.latchkey.check());
    assert.equal(await browser.page.evaluate(() => window.latchkey.session().status), 'authenticated');
    assert.equal(path(browser.page), '/private');
    assert.equal(await toast(browser.page).count(), 0);
  });

  test('past the deadline every tab is told, after it was sent away', async () => {
    const other = await browser.context.newPage();
    for (const page of [browser.page, other]) await page.goto('/private');
    site.ends = 1500;
    for (const page of [browser.page, other]) await page.evaluate(() => window.latchkey.check());
    Object.assign(site, { user: null, reason: 'expired', ends: 60_000 });
    for (const page of [browser.page, other]) {
      await page.waitForURL('**/public', { timeout: 60_000 });
      assert.equal(await toastText(page), EXPIRED);
    }
    await other.close();
    site.logIn('u1');
  });

  test('what the browser kept is shown again only while the session lasts', async () => {
    await browser.page.goto('/private');
    await browser.page.goto('/public');
    await back();
    await browser.page.waitForURL('**/private', { waitUntil: 'commit' });
    await browser.page.locator('main').waitFor();
    const restored = await browser.page.evaluate(() =>
      performance.getEntriesByType('navigation')[0].type);
    assert.equal(restored, 'navigate', 'the page comes from the back/forward cache');
    await browser.page.goto('/public');
    site.user = null;
    await back();
    await browser.page.waitForURL('**/public', { waitUntil: 'commit' });
    await browser.page.getByText('For everybody').waitFor();
    assert.doesNotMatch(await browser.page.locator('body').innerText(), /Only for/);
    site.logIn('u1');
  });

  test('looking at the tab again and a new address in it ask once each', async () => {
    await browser.page.goto('/private');
    await browser.page.evaluate(() => window.latchkey.check());
    const before = site.asked;
    await browser.page.evaluate(async () => {
      document.dispatchEvent(new Event('visibilitychange'));
      document.dispatchEvent(new Event('visibilitychange'));
      await window.latchkey.check();
    });
    assert.equal(site.asked, before + 2, 'both share one question, and check() is one of its own');
    await browser.page.evaluate(() => history.pushState({}, '', '/private?step=2'));
    await browser.page.evaluate(() => window.latchkey.check());
    assert.ok(site.asked > before + 2);
  });

  test('the end of the session leaves a page with nothing private as it is', async () => {
    await browser.page.goto('/public');
    await browser.page.locator('#draft').fill('half a sentence');
    Object.assign(site, { user: null, reason: 'expired' });
    await browser.page.evaluate(() => window.latchkey.check());
    assert.equal(await toastText(browser.page), EXPIRED);
    assert.equal(await browser.page.locator('#draft').inputValue(), 'half a sentence');
    site.logIn('u1');
  });

  test('the log-in of another user takes away what was for the first', async () => {
    await browser.page.goto('/private');
    site.logIn('u2');
    await browser.page.evaluate(() => window.latchkey.check());
    await browser.page.getByText('Only for u2').waitFor();
  });
});
