// The application on a Redis that another process uses, too, and that goes away.
import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import { after, before, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { redisServer } from '../../npm/test/support/engines.mjs';
import { APP, startApp } from './support/app.mjs';
import { assertLogin, assertShown, assertTraining, sessionCookie, signUp } from './support/person.mjs';
import { visit } from './support/visit.mjs';

const { Sessions } = createRequire(`${APP}package.json`)('latchkey');

let redis, app, elsewhere;
before(async () => {
  redis = await redisServer();
  app = await startApp({ LATCHKEY_STORE: redis.url });
  elsewhere = new Sessions({ store: redis.url });
});
after(async () => {
  try {
    await elsewhere?.close();
    await app?.stop();
  } finally {
    await redis?.stop(); // or this process waits for it
  }
});

test('a session ended by another process is over here, and a stale cookie gives the login', () =>
  visit(app, async ({ page, context }) => {
    await signUp(page, 'ada');
    await assertTraining(page);
    await page.goto('/account/sessions');
    await page.getByText('This device').waitFor();
    const { value } = await sessionCookie(context);
    assert.equal((await elsewhere.validateAsync(value)).state, 'active');
    assert.equal(await elsewhere.revoke(value), true);
    // Heard within milliseconds, and in any case within the published age of a copy.
    for (const late = Date.now() + 6000; Date.now() < late; await sleep(50)) {
      await page.goto('/training');
      if (new URL(page.url()).pathname === '/login') break;
    }
    await assertLogin(page);
  }));

test('a store that is silent logs nobody out', () => visit(app, async ({ page, context }) => {
  await signUp(page, 'ben');
  await assertTraining(page);
  const before = await sessionCookie(context);
  redis.signal('SIGSTOP');
  try {
    // The proxy answers 503 as soon as the copy is too old to be believed.
    let status = 200;
    for (const late = Date.now() + 15_000; Date.now() < late && status === 200; await sleep(200)) {
      status = (await context.request.get('/training')).status();
    }
    assert.equal(status, 503);
    assert.equal((await context.request.get('/api/session')).status(), 503);
    assert.deepEqual(await sessionCookie(context), before);
  } finally {
    redis.signal('SIGCONT');
  }
  for (const late = Date.now() + 15_000; Date.now() < late; await sleep(200)) {
    if ((await context.request.get('/training')).status() === 200) break;
  }
  await page.goto('/training');
  await assertShown(page, '/training', 'Your training');
  assert.deepEqual(await sessionCookie(context), before);
}));
