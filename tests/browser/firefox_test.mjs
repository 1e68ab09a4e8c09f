// A browser without device-bound sessions walks the same pages where they are preferred (R167).
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { openFirefox } from './support/firefox.mjs';
import { startServer } from './support/server.mjs';
import { PASSWORD } from './support/site.mjs';
import { HOST, makeTrust, startTrustedProxy } from './support/trusted_tls.mjs';

const NAME = 'grace@example.com';

describe('Firefox where bound sessions are preferred', { skip: !process.env.LATCHKEY_FULL }, () => {
  let trust, proxy, server, firefox;

  before(async () => {
    trust = makeTrust();
    proxy = await startTrustedProxy(trust);
    server = await startServer({ publicUrl: proxy.url,
      settings: () => ({ 'session.device_binding': 'prefer', 'session.bound_cookie_life': '1s' }) });
    proxy.target = server.port;
    firefox = await openFirefox({ url: proxy.url, host: HOST });
  });
  after(async () => {
    await firefox?.close();
    proxy?.stop();
    await server?.stop();
    trust?.remove();
  });

  const submit = async (name) => {
    await firefox.fill('main input[name=username]', NAME);
    await firefox.fill('main input[name=password]', PASSWORD);
    await firefox.click('main form button:not([type=button])');
    assert.notEqual(await firefox.path(), `/${name}`);
  };
  const assertLoggedIn = async () => {
    await firefox.goto('/training');
    assert.equal(await firefox.path(), '/training');
    assert.ok((await firefox.text()).includes(NAME));
  };

  test('a sign-up opens a session that is not bound', async () => {
    await firefox.goto('/signup');
    await submit('signup');
    await assertLoggedIn();
    const names = (await firefox.cookies()).map(({ name }) => name);
    assert.ok(names.includes('__Host-session'));
    assert.ok(!names.includes('__Host-session-bound'));
    const offers = proxy.seen.filter((each) => each.response?.['secure-session-registration']);
    assert.equal(offers.length, 1, 'it was offered once');
    assert.deepEqual(proxy.seen.filter((each) => /\/device\//.test(each.path)), []);
  });

  test('log-out and log-in work, and the session lasts', async () => {
    await firefox.click('form[action="/logout"] button');
    await firefox.goto('/training');
    assert.equal(await firefox.path(), '/login');
    await submit('login');
    await assertLoggedIn();
  });
});
