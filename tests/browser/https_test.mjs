// Behind a proxy that speaks TLS the cookie is __Host-session and Secure.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { request as forward } from 'node:http';
import { createServer } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { goBack, openBrowser } from './support/browser.mjs';
import { startServer } from './support/server.mjs';
import { assertLoggedInAs, assertLoggedOut, logIn, logOut, sessionCookie, signUp }
  from './support/site.mjs';

const NAME = 'barbara';

function makeCertificate() {
  const folder = mkdtempSync(join(tmpdir(), 'latchkey-tls-'));
  execFileSync('openssl', ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256',
    '-nodes', '-days', '2', '-subj', '/CN=localhost', '-addext', 'subjectAltName=DNS:localhost',
    '-keyout', join(folder, 'key'), '-out', join(folder, 'cert')], { stdio: 'ignore' });
  const pair = { key: readFileSync(join(folder, 'key')), cert: readFileSync(join(folder, 'cert')) };
  rmSync(folder, { recursive: true });
  return pair;
}

/** A proxy that ends TLS; `change` may edit the headers of answers. It listens before its target is known. */
async function startProxy(change = () => {}) {
  const proxy = createServer(makeCertificate(), (request, response) => {
    const { method, url: path, headers } = request;
    const to = { host: '127.0.0.1', port: proxy.target, method, path, headers };
    const onward = forward(to, (answer) => {
      change(answer.headers);
      response.writeHead(answer.statusCode, answer.headers);
      answer.pipe(response);
    });
    onward.on('error', () => response.destroy());
    request.pipe(onward);
  });
  await once(proxy.listen(0), 'listening');
  return proxy;
}

for (const javaScript of [true, false]) {
  describe(`Behind a TLS proxy, JavaScript ${javaScript ? 'on' : 'off'}`, () => {
    let server, proxy, browser;

    before(async () => {
      proxy = await startProxy();
      server = await startServer({ publicUrl: `https://localhost:${proxy.address().port}` });
      proxy.target = server.port;
      browser = await openBrowser({ url: server.url, javaScript, ignoreHTTPSErrors: true });
    });
    after(async () => {
      await browser?.close();
      proxy?.closeAllConnections();
      proxy?.close();
      await server?.stop();
    });

    test('the cookie is __Host-session and Secure', async () => {
      await signUp(browser.page, NAME);
      await assertLoggedInAs(browser.page, NAME);
      const cookie = await sessionCookie(browser.context);
      assert.equal(cookie.name, '__Host-session');
      assert.equal(cookie.secure, true);
      assert.equal(cookie.httpOnly, true);
      assert.equal(cookie.sameSite, 'Lax');
      assert.equal(cookie.path, '/');
      assert.equal(cookie.domain, 'localhost');
    });

    test('log-out deletes our cookie alone, and Back shows nothing private', async () => {
      const stale = await sessionCookie(browser.context);
      // F2: another application of this host, which has the cookies of all its ports.
      const shop = { name: 'shop_cart', value: '1', domain: 'localhost', path: '/' };
      await browser.context.addCookies([shop]);
      await browser.page.goto('/sessions');
      const kept = () => globalThis.localStorage.getItem('shop');
      if (javaScript) await browser.page.evaluate(() => globalThis.localStorage.setItem('shop', '1'));
      await logOut(browser.page);
      assert.equal(await sessionCookie(browser.context), undefined);
      const names = (await browser.context.cookies()).map((cookie) => cookie.name);
      assert.deepEqual(names.sort(), ['__Host-device', 'shop_cart'], 'those of others, and of the device');
      if (javaScript) assert.equal(await browser.page.evaluate(kept), '1');
      await goBack(browser.page);
      assert.ok(!(await browser.page.locator('body').innerText()).includes(NAME));
      await browser.context.addCookies([stale]);
      await assertLoggedOut(browser.page);
    });

    test('the answers tell the browser to stay on https', async () => {
      const answer = await browser.page.goto('/');
      assert.match((await answer.allHeaders())['strict-transport-security'] ?? '', /max-age=\d+/);
      await logIn(browser.page, NAME);
      await assertLoggedInAs(browser.page, NAME);
    });
  });
}

/** Runs `walk` in a browser behind a proxy that edits the headers of answers. */
async function behind(change, walk) {
  const proxy = await startProxy(change);
  const server = await startServer({ publicUrl: `https://localhost:${proxy.address().port}` });
  proxy.target = server.port;
  const browser = await openBrowser({ url: server.url, ignoreHTTPSErrors: true });
  try {
    await walk(browser.page);
  } finally {
    await browser.close();
    proxy.closeAllConnections();
    proxy.close();
    await server.stop();
  }
}

// F3: a common hardening line of proxies. Browsers then send `Origin: null` with our own forms.
test('behind a proxy that adds Referrer-Policy: no-referrer the forms work', () =>
  behind((headers) => { headers['referrer-policy'] = 'no-referrer'; }, async (page) => {
    const origins = [];
    page.on('request', (request) => {
      if (request.method() === 'POST') origins.push(request.headers().origin);
    });
    await signUp(page, NAME);
    await assertLoggedInAs(page, NAME);
    await logOut(page);
    await logIn(page, NAME);
    await assertLoggedInAs(page, NAME);
    assert.deepEqual(new Set(origins), new Set(['null']));
  }));

test('a browser that keeps no cookie is told so by the form that comes back', () =>
  behind((headers) => { delete headers['set-cookie']; }, async (page) => {
    await signUp(page, NAME);
    assert.match(await page.locator('main').innerText(), /did not keep the cookie/);
  }));
