// An application as `latchkey init` leaves it, with a few pages of both routers.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { startApp } from './support/app.mjs';
import { assertShown, button } from './support/person.mjs';
import { open, visit } from './support/visit.mjs';

const folder = fileURLToPath(new URL('../../build/next/fresh/', import.meta.url));

let app;
before(async () => {
  app = await startApp({}, { folder });
});
after(() => app.stop());

test('the Pages Router: a page knows its session, and its end loads no page again', () =>
  visit(app, async ({ page, context }) => {
    await page.goto('/old');
    await page.waitForURL('**/old-login?next=%2Fold');
    await page.goto('/api/login');
    await assertShown(page, '/old', 'authenticated ada');
    await page.evaluate(() => (window.stays = true));
    const cookie = (await context.cookies()).find(({ name }) => !name.startsWith('device'));
    await fetch(`${app.url}/api/session/logout`, {
      method: 'POST', headers: { cookie: `${cookie.name}=${cookie.value}`, origin: app.url },
    });
    await button(page, 'Ask again').click();
    await assertShown(page, '/old', 'unauthenticated nobody');
    await page.getByText('told revoked').waitFor();
    assert.equal(await page.evaluate(() => window.stays), true);
  }));

test('Cache Components: what is rendered ahead asks for no session, and the visit does', () =>
  visit(app, async ({ page, context }) => {
    await page.goto('/streamed');
    await page.waitForURL('**/login?next=%2Fstreamed');
    const { value } = await context.request.post('/sign-up').then((answer) => answer.json());
    assert.ok(value);
    await page.goto('/about');
    await page.waitForLoadState('networkidle'); // the link is fetched ahead
    await page.getByRole('link', { name: 'Streamed' }).click();
    await assertShown(page, '/streamed', 'Streamed for grace');
    assert.doesNotMatch(app.log, /while prerendering|Date\.now/);
  }));

test('what sets a cookie on a page that is the same for everybody is kept by no cache', async () => {
  const plain = await fetch(`${app.url}/about`);
  assert.match(plain.headers.get('cache-control'), /s-maxage=/, 'a static page');
  assert.deepEqual(plain.headers.getSetCookie(), []);
  const stale = await open(`${app.url}/about`, `session-${app.port}=lk1_bad`);
  assert.match(stale.headers['set-cookie']?.[0] ?? '', /^session-\d+=;.*Max-Age=0/);
  assert.equal(stale.headers['cache-control'], 'private, no-store');
  await plain.text();
});

test('S7: what production lacks is said in one line when the server starts, before any request', async () => {
  const asked = await startApp({ LATCHKEY_PUBLIC_URL: undefined },
    { folder, ready: ({ log }) => log.includes('LATCHKEY_PUBLIC_URL') });
  const lines = asked.log.split('\n').filter((line) => line.includes('LATCHKEY_PUBLIC_URL'));
  await asked.stop();
  assert.equal(lines.length, 1, asked.log);
  assert.match(lines[0], /every request will fail: in production set LATCHKEY_PUBLIC_URL/);
  assert.doesNotMatch(app.log, /LATCHKEY_PUBLIC_URL/, 'nothing is said where it is set');
});

test('M2: an action that a visitor sends leads to the login page', () =>
  visit(app, async ({ page, context }) => {
    await context.request.post('/sign-up?name=joan');
    await page.goto('/account/plain');
    await context.clearCookies();
    await button(page, 'Act').click();
    await assertShown(page, '/login', 'Log in');
    assert.match(page.url(), /next=%2Faccount%2Fplain/);
    assert.equal((await context.cookies()).find(({ name }) => name === 'ran'), undefined);
  }));
