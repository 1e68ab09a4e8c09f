// A C++ example in Chromium: LATCHKEY_EXAMPLE is the program.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { openBrowser } from '../browser/support/browser.mjs';
import { assertLoggedInAs, field, logIn, path, sessionCookie, signUp }
  from '../browser/support/site.mjs';
import { describeWalk } from '../browser/support/walk.mjs';

const PROGRAM = process.env.LATCHKEY_EXAMPLE;
const NAME = 'ada@example.com';

async function freePort() {
  const probe = createServer().listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const { port } = probe.address();
  probe.close();
  await once(probe, 'close');
  return port;
}

async function start() {
  const data = await mkdtemp(join(tmpdir(), 'latchkey-example-'));
  const port = await freePort();
  const child = spawn(PROGRAM, ['--listen', `127.0.0.1:${port}`, '--store', `sqlite:${data}/app.db`],
    { stdio: ['ignore', 'inherit', 'inherit'] });
  const url = `http://localhost:${port}`;
  const ended = once(child, 'exit');
  const stop = async () => {
    child.kill('SIGKILL'); // the examples have no way to end
    await ended;
    await rm(data, { recursive: true, force: true });
  };
  for (let tries = 0; tries < 200; tries++) {
    const answer = await fetch(url).catch(() => undefined);
    if (answer?.ok) return { url, data, stop };
    if (child.exitCode !== null) break;
    await sleep(50);
  }
  await stop();
  throw new Error('the example did not start');
}

describeWalk(basename(PROGRAM), { start, devices: '/devices', home: '/training' });

for (const javaScript of [true, false]) {
  describe(`${basename(PROGRAM)}, guests and failures, JavaScript ${javaScript ? 'on' : 'off'}`, () => {
    let example, browser;
    before(async () => {
      example = await start();
      browser = await openBrowser({ url: example.url, javaScript });
    });
    after(async () => {
      await browser?.context.close();
      await example?.stop();
    });
    const cart = async () =>
      (await browser.page.locator('main').innerText()).match(/in your cart: (\d+)/i)?.[1];
    const post = (form, headers) =>
      browser.context.request.post('/login', { form, headers, maxRedirects: 0 });

    test('what a guest put into the cart is there after sign-up and log-in', async () => {
      await browser.page.goto('/');
      for (const count of ['1', '2']) {
        await browser.page.getByRole('button', { name: 'Add one' }).click();
        assert.equal(await cart(), count);
      }
      const guest = await sessionCookie(browser.context);
      assert.equal((await browser.page.goto('/training')).status(), 200);
      assert.equal(path(browser.page), '/login', 'a guest is nobody');
      await signUp(browser.page, NAME);
      await assertLoggedInAs(browser.page, NAME);
      await browser.page.goto('/');
      assert.equal(await cart(), '2');
      assert.notEqual((await sessionCookie(browser.context)).value, guest.value, 'a new token');

      await browser.page.getByRole('button', { name: /log out/i }).click();
      assert.equal(await cart(), '0');
      await browser.page.getByRole('button', { name: 'Add one' }).click();
      await logIn(browser.page, NAME);
      await browser.page.goto('/');
      assert.equal(await cart(), '1');
    });

    test('a wrong password is told in the form, which keeps the name', async () => {
      await browser.page.getByRole('button', { name: /log out/i }).click();
      await logIn(browser.page, NAME, { password: 'wrong horse battery staple' });
      assert.equal(await browser.page.getByRole('alert').count(), 1);
      assert.equal(await field.username(browser.page).inputValue(), NAME);
      assert.equal(await field.password(browser.page).inputValue(), '');
    });

    test('a log-in that another site sends is refused', async () => {
      const form = { username: NAME, password: 'correct horse battery staple' };
      for (const [origin, site, status] of [['https://evil.example', 'cross-site', 403],
        ['null', 'cross-site', 403], ['null', 'same-origin', 303]]) {
        const answer = await post(form, { origin, 'sec-fetch-site': site });
        assert.equal(answer.status(), status, `${origin} ${site}`);
      }
    });

    test('a cookie that came twice is nobody, and the one of ours is deleted', async () => {
      await browser.context.clearCookies();
      await logIn(browser.page, NAME);
      const own = await sessionCookie(browser.context);
      await browser.context.addCookies([{ ...own, value: 'x', path: '/training' }]);
      await browser.page.goto('/training');
      assert.equal(path(browser.page), '/login');
      const left = (await browser.context.cookies()).filter(({ name }) => name === own.name);
      assert.deepEqual(left.map(({ path }) => path), ['/training'], 'only what others set stays');
      await browser.context.clearCookies();
      await logIn(browser.page, NAME);
    });

    test('without its store it answers 503, leads nowhere and leaves the cookie', async () => {
      const held = await sessionCookie(browser.context);
      assert.ok(held);
      for (const file of await readdir(example.data)) {
        await rename(join(example.data, file), join(example.data, `away-${file}`));
      }
      await writeFile(join(example.data, 'app.db'), 'no database at all '.repeat(99));
      const form = { username: NAME, password: 'correct horse battery staple' };
      const answer = await post(form, { origin: example.url, 'sec-fetch-site': 'same-origin' });
      assert.equal(answer.status(), 503);
      assert.equal(answer.headers().location, undefined);
      assert.deepEqual(await sessionCookie(browser.context), held);
    });
  });
}
