// How sessions live and end: sliding, expiry, toasts, tabs. Lives are seconds here.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { goBack } from '../browser/support/browser.mjs';
import { startApp } from './support/app.mjs';
import {
  assertLogin, assertNoToast, assertShown, assertTraining, button, logIn, logOut, sessionCookie,
  signUp, toasts,
} from './support/person.mjs';
import { visit } from './support/visit.mjs';

const IDLE = 5000;
// What has to stay alive over a wait of half a life gets a longer one: machines may be slow.
const LONG_IDLE = 14_000;
const EXPIRED = 'Session expired. Please log in again.';

let app;
let patient;
const appOf = (idle) => startApp({ SESSION_IDLE: `${idle}ms`, SESSION_LAST_SEEN_EVERY: '1s' });
before(async () => {
  app = await appOf(IDLE);
  patient = await appOf(LONG_IDLE);
});
after(() => Promise.all([app?.stop(), patient?.stop()]));

const toastShown = (page, text) =>
  page.locator('[data-sonner-toast]').filter({ hasText: text }).waitFor();

// The bad cookie is deleted by the proxy, or where there is none by the status route.
async function untilGone(context) {
  for (let tries = 0; await sessionCookie(context); tries++) {
    assert.ok(tries < 100, 'the bad cookie is gone');
    await sleep(50);
  }
}

test('a session slides over hard and client navigation, and its cookie need not', () =>
  visit(patient, async ({ page, context }) => {
    await signUp(page, 'slide');
    await assertTraining(page);
    const { value } = await sessionCookie(context);
    for (let round = 0; round < 2; round++) {
      await sleep(LONG_IDLE * 0.6);
      if (round === 0) {
        await page.getByRole('link', { name: 'Hill intervals' }).click();
        await assertShown(page, '/training/intervals', 'Hill intervals');
      } else {
        await page.goto('/training');
        await assertTraining(page);
      }
    }
    assert.equal((await sessionCookie(context)).value, value);
    await assertNoToast(page);
  }));

test('an expired session is told once, without a click, and Back shows nothing private', () =>
  visit(app, async ({ page }) => {
    await signUp(page, 'expire');
    await assertTraining(page);
    await page.getByRole('link', { name: 'Hill intervals' }).click();
    await assertShown(page, '/training/intervals', 'Hill intervals');
    // Asking for the status is no activity.
    const polls = setInterval(() => {
      page.evaluate(() => fetch('/api/session')).catch(() => {});
    }, 300);
    try {
      await toastShown(page, EXPIRED);
    } finally {
      clearInterval(polls);
    }
    await assertLogin(page);
    assert.equal((await toasts(page)).length, 1);
    await goBack(page);
    await assertLogin(page);
    assert.equal((await toasts(page)).length, 1);
  }));

test('a page asked for after expiry leads to the login with the toast, and only once', () =>
  visit(app, async ({ page, context }) => {
    await signUp(page, 'later');
    await assertTraining(page);
    await page.goto('about:blank');
    await sleep(IDLE + 500);
    await page.goto('/training/core');
    await assertLogin(page);
    await toastShown(page, EXPIRED);
    await untilGone(context);
    await page.reload();
    await assertLogin(page);
    await sleep(500);
    await assertNoToast(page);
    await logIn(page, 'later');
    await assertTraining(page);
  }));

test('two tabs: expiry and sign-out in one are seen in the other', () =>
  visit(app, async ({ page, context }) => {
    await signUp(page, 'tabs');
    await assertTraining(page);
    const other = await context.newPage();
    await other.goto('/training/core');
    await assertShown(other, '/training/core', 'Core without crunches');
    // A question of its own that meets the log-out half way is told of an end elsewhere.
    await other.waitForLoadState('networkidle');
    await logOut(page);
    await assertLogin(other);
    await assertNoToast(other);
    await logIn(page, 'tabs');
    await assertTraining(page);
    await button(other, 'Log out').waitFor();
    await other.goto('/training');
    await Promise.all([toastShown(page, EXPIRED), toastShown(other, EXPIRED)]);
    await Promise.all([assertLogin(page), assertLogin(other)]);
  }));

test('a visitor without a session is told nothing, whatever the address says', () =>
  visit(app, async ({ page }) => {
    await page.goto('/login?reason=expired');
    await assertLogin(page);
    await sleep(500);
    await assertNoToast(page);
  }));

test('an answer that makes no sense is no end of the session', () =>
  visit(app, async ({ page, context }) => {
    await signUp(page, 'offline');
    await assertTraining(page);
    await context.route('**/api/session*', (route) => route.fulfill({ status: 200, body: '<h1>Proxy</h1>' }));
    await page.evaluate(() => document.dispatchEvent(new Event('visibilitychange')));
    await sleep(500);
    await assertNoToast(page);
    await button(page, 'Log out').waitFor();
    await context.unroute('**/api/session*');
  }));

test('actions, navigations and questions that race past the half of a life end nothing', () =>
  visit(patient, async ({ page, context }) => {
    await page.goto('/');
    await button(page, 'Sealed').click();
    await assertLogin(page);
    await signUp(page, 'race');
    await assertTraining(page);
    for (let round = 0; round < 2; round++) {
      const active = Date.now();
      await page.getByRole('link', { name: 'Core without crunches' }).click();
      await assertShown(page, '/training/core', 'Core without crunches');
      await sleep(LONG_IDLE * 0.55);
      // The renewal of the cookie is due, and all of this asks for it at once.
      const asked = page.evaluate(() => Promise.all(['/training', '/account', '/api/me', '/api/me']
        .map((path) => fetch(path).then((answer) => answer.status))));
      await page.locator('main').getByRole('button').click();
      const waited = Date.now() - active;
      assert.deepEqual(await asked, [200, 200, 200, 200], `round ${round}, after ${waited} ms`);
      await page.getByRole('link', { name: 'Back' }).click();
      await assertTraining(page);
    }
    await assertNoToast(page);
    assert.ok(await sessionCookie(context));
  }));
