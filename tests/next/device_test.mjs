// Device-bound sessions in the application: the offer goes out with the page after the log-in, since
// a Server Action can send no header, and the route handlers answer the browser (R161-R168).
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { openBoundBrowser } from '../browser/support/bound_browser.mjs';
import { assertRefreshes, bind, cookieOf } from '../browser/support/bound_walk.mjs';
import { makeTrust, startTrustedProxy } from '../browser/support/trusted_tls.mjs';
import { startApp } from './support/app.mjs';
import { assertLogin, assertTraining, logIn, logOut, signUp } from './support/person.mjs';

const NAME = 'ada';
const LONG = 'training-stored';
const SHORT = 'training-stored-bound';

describe('A bound session in Next.js', () => {
  let trust, proxy, app, owner;

  before(async () => {
    trust = makeTrust();
    proxy = await startTrustedProxy(trust);
    app = await startApp({ LATCHKEY_PUBLIC_URL: proxy.url, LATCHKEY_DEVICE_BINDING: 'prefer' });
    proxy.target = app.port;
    owner = await openBoundBrowser({ trust, url: proxy.url });
  });
  after(async () => {
    await owner?.close();
    proxy?.stop();
    await app?.stop();
    trust?.remove();
  });

  const visit = async () => {
    await owner.page.goto('/training');
    await assertTraining(owner.page);
  };

  test('is made after the sign-up', async () => {
    await bind(owner, SHORT, async () => {
      await signUp(owner.page, NAME);
      await assertTraining(owner.page);
    });
    const short = await cookieOf(owner, SHORT);
    assert.equal(short.httpOnly, true);
    assert.equal(short.secure, true);
  });

  test('makes a page wait for the refresh when the short cookie has ended (R164)', async () => {
    const first = await assertRefreshes(owner, proxy, SHORT, '/training', visit);
    assert.equal(first.status, 200, 'one POST: the challenge came with the answer before');
  });

  test('is nobody for the long cookie alone (R164)', async () => {
    const { value } = await cookieOf(owner, LONG);
    const ask = () => fetch(`http://127.0.0.1:${app.port}/api/session`, {
      headers: { cookie: `${LONG}=${value}` } }).then((answer) => answer.json());
    // Requests that were under way when the session was bound are answered for ten seconds.
    let told;
    do told = await ask(); while (told.status === 'authenticated');
    assert.equal(told.status, 'unauthenticated');
    await visit();
  });

  test('ends at log-out (R168)', async () => {
    const from = owner.events.length;
    await logOut(owner.page);
    await owner.page.getByRole('heading', { name: /Train a little/ }).waitFor();
    assert.equal(await cookieOf(owner, LONG), undefined);
    assert.equal(await cookieOf(owner, SHORT), undefined);
    await owner.page.goto('/training');
    await assertLogin(owner.page);
    assert.equal((await owner.event('termination', from)).deletionReason, 'ServerRequested');
    await bind(owner, SHORT, async () => {
      await logIn(owner.page, NAME);
      await assertTraining(owner.page);
    });
    await assertRefreshes(owner, proxy, SHORT, '/training', visit);
  });
});
