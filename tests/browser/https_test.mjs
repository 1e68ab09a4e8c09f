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

/** A proxy that ends TLS and changes nothing else. It listens before its target is known. */
async function startProxy() {
  const proxy = createServer(makeCertificate(), (request, response) => {
    const { method, url: path, headers } = request;
    const to = { host: '127.0.0.1', port: proxy.target, method, path, headers };
    const onward = forward(to, (answer) => {
      response.writeHead(answer.statusCode, answer.rawHeaders);
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

    test('log-out clears what the browser keeps, and Back shows nothing private', async () => {
      const stale = await sessionCookie(browser.context);
      await browser.page.goto('/sessions');
      await logOut(browser.page);
      assert.equal(await sessionCookie(browser.context), undefined);
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
