// The code of docs/npm/next.md, as it is printed there, below a base path, with users of its own.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { startApp } from './support/app.mjs';
import { assertShown, button } from './support/person.mjs';
import { visit } from './support/visit.mjs';

const folder = fileURLToPath(new URL('../../build/next/docs/', import.meta.url));
const start = (mode) => startApp({}, { folder, mode, ready: '/app/api/session' });

// For development each page is compiled when it is asked for, which may take a while.
const patient = { timeout: 120_000 };
const enter = (app, context, username) =>
  context.request.post(`${app.url}/app/enter`, { data: { username }, ...patient });

const shows = (page, id, text) =>
  page.waitForFunction(([at, wanted]) => document.querySelector(at)?.textContent === wanted, [id, text]);

// Keeps the answers to actions where a test can read them.
const keepAnswers = (page) => page.addInitScript(() => {
  const { fetch } = window;
  window.answers = [];
  window.fetch = async (...given) => {
    const answer = await fetch(...given);
    if (given[1]?.method === 'POST') {
      answer.clone().text().then((text) => window.answers.push(text), () => {});
    }
    return answer;
  };
});

// The answer of the action itself holds the new page, and what the browser knows follows.
async function assertSaved(page, name, how) {
  await page.getByLabel('Name', { exact: true }).fill(name);
  await page.getByRole('button', { name: how, exact: true }).click();
  await page.waitForFunction((wanted) => window.answers.some((text) => text.includes(wanted)), name);
  await shows(page, '#server', name);
  await shows(page, '#client', name);
}

for (const mode of ['start', 'dev']) {
  test(`S1: next ${mode}: an action that checks and then changes the user shows the new user`, async () => {
    const app = await start(mode);
    try {
      await visit(app, async ({ page, context }) => {
        await keepAnswers(page);
        await enter(app, context, `ada-${mode}`);
        await context.request.get(`${app.url}/app/profile`, patient);
        await page.goto('/app/profile');
        await shows(page, '#server', 'Old');
        await shows(page, '#client', 'Old');
        await assertSaved(page, 'First', 'Save');
        await assertSaved(page, 'Second', 'Save with user');
        await page.reload();
        await shows(page, '#server', 'Second');
        await shows(page, '#client', 'Second');
        assert.ok(!(await page.content()).includes('hash-of-the-password'), 'M5: only what browsers may know');
      });
    } finally {
      await app.stop();
    }
  });
}

test('N5, N6, S3: the guide runs below a base path, and under Referrer-Policy: no-referrer', async () => {
  const app = await start('start');
  try {
    await visit(app, async ({ page, context }) => {
      await page.goto('/app/training');
      await assertShown(page, '/app/login', 'Log in');
      await page.getByLabel('User name').fill('nobody');
      await page.getByLabel('Password').fill('not the password at all');
      await button(page, 'Log in').click();
      await page.getByRole('alert').filter({ hasText: 'wrong' }).first().waitFor();

      const { id } = await (await enter(app, context, 'grace')).json();
      const told = await context.request.get(`${app.url}/app/api/session?user=1`);
      assert.deepEqual((await told.json()).user, { id, name: 'Old' });
      await page.goto('/app');
      // The browser finds the route below the base path by itself.
      await button(page, 'Log out').click();
      await button(page, 'Log out').waitFor({ state: 'detached' });
      await page.goto('/app/training');
      await assertShown(page, '/app/login', 'Log in');

      await enter(app, context, 'hedy');
      await context.route('**/app/no-referrer', (route) => route.fulfill({
        contentType: 'text/html', headers: { 'referrer-policy': 'no-referrer' },
        body: '<form method="post" action="/app/api/session/logout"><button>Leave</button></form>',
      }));
      await page.goto('/app/no-referrer');
      const sent = page.waitForRequest((request) => request.method() === 'POST');
      await button(page, 'Leave').click();
      assert.equal((await (await sent).allHeaders()).origin, 'null');
      await assertShown(page, '/app', 'Home');
      assert.equal((await context.cookies()).find(({ name }) => name.startsWith('session-')), undefined);
    });
  } finally {
    await app.stop();
  }
});
