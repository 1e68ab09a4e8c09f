// The application on PostgreSQL, whose part is a binary of its own: a standalone output has to bring
// that one along, too.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { postgresServer } from '../../npm/test/support/engines.mjs';
import { startApp } from './support/app.mjs';
import { assertLogin, assertShown, assertTraining, logIn, logOut, signUp } from './support/person.mjs';
import { visit } from './support/visit.mjs';

let postgres, app;
before(async () => {
  postgres = await postgresServer();
  app = await startApp({ LATCHKEY_STORE: postgres.url() });
});
after(async () => {
  await app?.stop();
  await postgres?.stop();
});

test('sign up, log out, log in, and the session is a row', () => visit(app, async ({ page }) => {
  await signUp(page, 'ada');
  await assertTraining(page);
  await logOut(page);
  await assertShown(page, '/', /Train a little/);
  await page.goto('/training');
  await assertLogin(page);
  await logIn(page, 'ada');
  await assertTraining(page);
  assert.equal(postgres.run('SELECT count(*) FROM latchkey_sessions'), '1');
}));
