// The same application with every carrier, with hostile cookies, and past the proxy.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { openBrowser } from '../browser/support/browser.mjs';
import { startApp } from './support/app.mjs';
import {
  assertLogin, assertShown, assertTraining, button, logIn, logOut, PASSWORD, sessionCookie, signUp,
} from './support/person.mjs';
import { open, visit } from './support/visit.mjs';

const IDLE = 16_000;

let app;
before(async () => {
  app = await startApp({ SESSION_IDLE: `${IDLE}ms`, SESSION_LAST_SEEN_EVERY: '1s' });
});
after(() => app.stop());

const me = (page) => page.evaluate(async () => {
  const answer = await fetch('/api/me');
  return [answer.status, answer.status === 200 ? (await answer.json()).user.username : null];
});

for (const carrier of ['stored', 'hybrid', 'sealed', 'signed']) {
  test(`${carrier}: sign up, data, /api/me, change of password, log out`, () =>
    visit(app, async ({ page, context }) => {
      await page.goto('/');
      await button(page, new RegExp(`^${carrier}$`, 'i')).click();
      await assertLogin(page);
      await signUp(page, `${carrier}-user`);
      await assertTraining(page);
      const cookie = await sessionCookie(context);
      assert.equal(cookie.name, `training-${carrier}`);
      assert.deepEqual(await me(page), [200, `${carrier}-user`]);

      await page.goto('/training/core');
      await button(page, /Done in/).click();
      await button(page, 'Not done after all').waitFor();
      await page.goto('/training');
      await page.getByText('1 of 4 done').waitFor();

      await page.goto('/account');
      await page.getByLabel('Current password').fill(PASSWORD);
      await page.getByLabel('New password').fill('another good long sentence');
      await button(page, 'Change password').click();
      await page.getByText('Your password is changed').waitFor();
      await page.goto('/training');
      await page.getByText('1 of 4 done').waitFor();

      const copied = await sessionCookie(context);
      await logOut(page);
      await page.getByRole('heading', { name: /Train a little/ }).waitFor();
      assert.deepEqual(await me(page), [401, null]);
      // Whoever copied the cookie before is out, too.
      await context.addCookies([copied]);
      await page.goto('/training');
      await assertLogin(page);
      await logIn(page, `${carrier}-user`, 'another good long sentence');
      await assertTraining(page);
    }));
}

test('sealed: row-less sessions slide by a new cookie from the proxy', () =>
  visit(app, async ({ page, context }) => {
    await page.goto('/');
    await button(page, 'Sealed').click();
    await assertLogin(page);
    await signUp(page, 'sealed-slide');
    await assertTraining(page);
    const first = await sessionCookie(context);
    for (let round = 0; round < 2; round++) {
      await sleep(IDLE * 0.55);
      await page.getByRole('link', { name: 'Account' }).click();
      await assertShown(page, '/account', 'sealed-slide');
      await page.getByRole('link', { name: 'Training' }).click();
      await assertTraining(page);
    }
    const last = await sessionCookie(context);
    assert.notEqual(last.value, first.value);
    assert.ok(last.expires > first.expires, 'the cookie lives on with the session');
  }));

test('no cookie a client can send makes a page fail, and bad ones are deleted', async () => {
  const bad = ['', 'x', 'lk1_', `lk1_${'A'.repeat(47)}`, '%', '%00', 'a'.repeat(4000), '{"a":1}',
    'Fe26.2*1*a*b*c*d*e*f', 'eyJhbGciOiJub25lIn0.e30.', '../../etc', '\u00ff', '"', ',', '=='];
  for (const carrier of ['stored', 'hybrid', 'sealed', 'signed']) {
    for (const value of bad) {
      const cookie = `carrier=${carrier}; training-${carrier}=${value}`;
      const [login, training, api] = await Promise.all(['/login', '/training', '/api/me']
        .map((path) => open(app.url + path, cookie)));
      const what = `${carrier} ${JSON.stringify(value.slice(0, 40))}`;
      assert.equal(login.status, 200, what);
      assert.equal(training.status, 307, what);
      assert.equal(new URL(training.headers.location, app.url).origin, app.url, what);
      assert.equal(api.status, 401, what);
      const blank = training.headers['set-cookie']?.filter((line) => line.includes('Max-Age=0'));
      assert.match(blank?.[0] ?? '', new RegExp(`^training-${carrier}=;.* Path=/;.*HttpOnly`), what);
    }
  }
});

test('no header makes the proxy show anything private, and the gate behind it neither', async () => {
  // Without a session the page itself answers, where the proxy lets a request pass.
  for (const headers of [{}, { purpose: 'prefetch' }, { 'next-router-prefetch': '1' },
    { rsc: '1', 'next-router-prefetch': '1' }, { 'next-action': 'x' }]) {
    for (const path of ['/training', '/training/core', '/account', '/account/sessions']) {
      const sent = { accept: 'text/html', cookie: 'training-stored=lk1_bad', ...headers };
      const answer = await fetch(app.url + path, { headers: sent, redirect: 'manual' });
      const text = await answer.text();
      assert.equal(answer.status, 307, path);
      assert.match(new URL(answer.headers.get('location'), app.url).pathname, /^\/login$/, path);
      assert.ok(!/Hill intervals|Current password/.test(text), path);
    }
  }
});

test('a bad cookie stays in answers to scripts and goes where a person waits for a page', () =>
  visit(app, async ({ page, context }) => {
    const bad = { name: 'training-stored', value: 'lk1_bad' };
    const headers = { cookie: `${bad.name}=${bad.value}` };
    for (const asked of ['/api/session', '/api/me']) {
      const answer = await fetch(app.url + asked, { headers });
      assert.deepEqual(answer.headers.getSetCookie(), [], asked);
      await answer.text();
    }
    await context.addCookies([{ ...bad, url: app.url }]);
    await page.goto('/training');
    assert.equal(await sessionCookie(context), undefined);
  }));

test('a POST from another site changes nothing', () =>
  visit(app, async ({ page, context }) => {
    await signUp(page, 'origin');
    await assertTraining(page);
    const { name, value } = await sessionCookie(context);
    const post = (path, headers) => fetch(`${app.url}/api/session/${path}`,
      { method: 'POST', headers: { cookie: `${name}=${value}`, ...headers } });
    for (const headers of [{}, { origin: 'https://evil.example' }, { origin: 'null' },
      { origin: 'https://evil.example', host: 'evil.example', 'sec-fetch-site': 'same-origin' }]) {
      assert.equal((await post('logout', headers)).status, 403, JSON.stringify(headers));
    }
    assert.equal((await post('renew', { origin: app.url })).status, 200);
    assert.equal((await post('elsewhere', { origin: app.url })).status, 404);
    assert.equal((await post('logout', { origin: app.url })).status, 200);
    assert.equal((await post('renew', { origin: app.url })).status, 401);
  }));

test('your sessions: a list, one signed out, all others signed out', (t) =>
  visit(app, async ({ page }) => {
    await signUp(page, 'devices');
    await assertTraining(page);
    const others = [];
    t.after(() => Promise.allSettled(others.map((other) => other.close())));
    for (let i = 0; i < 2; i++) {
      const other = await openBrowser({ url: app.url });
      others.push(other);
      await logIn(other.page, 'devices');
      await assertTraining(other.page);
      // On a busy machine two log-ins take longer than an idle session lives here.
      await page.goto('/training');
    }
    await page.goto('/account/sessions');
    await page.getByText('This device').waitFor();
    assert.equal(await page.getByRole('listitem').count(), 3);
    await page.getByRole('button', { name: 'Sign out', exact: true }).first().click();
    await page.waitForFunction(() => document.querySelectorAll('.devices li').length === 2);
    await button(page, 'Sign out everywhere else').click();
    await page.waitForFunction(() => document.querySelectorAll('.devices li').length === 1);
    for (const other of others) {
      await other.page.goto('/training');
      await assertLogin(other.page);
    }
    await page.goto('/training');
    await assertTraining(page);
  }));
