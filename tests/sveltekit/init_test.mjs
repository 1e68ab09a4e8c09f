// The pages that `latchkey init` leaves in an application of `npx sv create`, built for production.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { freePort } from '../next/support/app.mjs';
import { walk } from '../next/support/init_walk.mjs';

const folder = process.env.LATCHKEY_SVELTE_APP ?? fileURLToPath(new URL('../../build/sveltekit/', import.meta.url));

let app;
before(async () => {
  const port = await freePort();
  const data = await mkdtemp(join(tmpdir(), 'latchkey-svelte-'));
  const command = [join(folder, 'node_modules/vite/bin/vite.js'), 'preview', '--port', String(port), '--strictPort'];
  const env = { ...process.env, PORT: String(port), LATCHKEY_STORE: `sqlite:${join(data, 'app.db')}` };
  const child = spawn(process.execPath, command, { cwd: folder, env, stdio: ['ignore', 'pipe', 'pipe'] });
  app = { url: `http://localhost:${port}`, log: '', child, data, ended: once(child, 'exit') };
  child.stdout.on('data', (chunk) => (app.log += chunk));
  child.stderr.on('data', (chunk) => (app.log += chunk));
  for (let tries = 0; tries < 600; tries++) {
    assert.equal(child.exitCode, null, app.log);
    if (await fetch(`${app.url}/login`).then(({ status }) => status === 200, () => false)) return;
    await sleep(100);
  }
  assert.fail(`no answer in a minute:\n${app.log}`);
});
after(async () => {
  app.child.kill();
  await app.ended;
  await rm(app.data, { recursive: true });
});

test('/account leads to pages that sign up, refuse, log in, list devices and log out', () =>
  walk(app, { username: 'hedy' }));

test('the same without JavaScript', () => walk(app, { username: 'grace', javaScript: false }));

test('what is in (private) is guarded in every spelling, data and actions included', async () => {
  const paths = ['/members', '/%6dembers', '/members/', '/members/__data.json', '/%6d%65mbers/__data.json',
    '/account?/password', '/account/devices', '//members', '/members%2f'];
  for (const path of paths) {
    for (const method of ['GET', 'POST']) {
      const answer = await fetch(app.url + path, { method, redirect: 'manual', headers: { origin: app.url,
        'content-type': 'application/x-www-form-urlencoded' } });
      assert.doesNotMatch(await answer.text(), /Your user id|userId|Change your password/, `${method} ${path}`);
      assert.notEqual(answer.status, 500, `${method} ${path}`);
    }
  }
});

test('and the server complains of nothing', () => {
  assert.doesNotMatch(app.log, /warn|error/i);
});
