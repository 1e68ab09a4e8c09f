// H1: a worker thread may end at any time, with calls under way on other threads. What comes back
// for it afterwards must touch nothing that has gone with it.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { redisServer } from './support/engines.mjs';
import { luciaFile, temporaryFolder } from './support/lucia_tables.mjs';

const FULL = Boolean(process.env.LATCHKEY_FULL);
const script = (name) => fileURLToPath(new URL(`support/${name}`, import.meta.url));

// survives runs a script that must end by itself, with code 0.
export async function survives(name, argument) {
  const child = spawn(process.execPath, [script(name), JSON.stringify(argument)], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let told = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (text) => (told += text));
  const [code, signal] = await once(child, 'close');
  assert.deepEqual({ code, signal }, { code: 0, signal: null }, told);
}
const workersEnd = (stores) =>
  survives('ending_workers.cjs', { stores, rounds: FULL ? 40 : 3, workers: FULL ? 4 : 2 });

test('workers end while embedded stores are written and passwords are hashed', async (t) => {
  const folder = temporaryFolder(t);
  await workersEnd(['memory:ends', `sqlite:${join(folder, 'app.db')}`, { lucia: luciaFile(t) }]);
});

test('workers end while a Redis answers', async (t) => {
  const server = await redisServer();
  t.after(() => server.stop());
  await workersEnd([server.url, { lucia: server.url }]);
});

test('workers end while a store is silent', async (t) => {
  const silent = createServer(() => {}).listen(0, '127.0.0.1');
  await once(silent, 'listening');
  t.after(() => silent.close());
  await workersEnd([`redis://127.0.0.1:${silent.address().port}`]);
});

test('the process exits while calls are under way', async (t) => {
  const stores = ['memory:exit', `sqlite:${join(temporaryFolder(t), 'app.db')}`];
  for (let exits = 0; exits < (FULL ? 40 : 2); exits++) {
    await survives('exiting_process.cjs', { stores, calledBefore: 1 + exits * 30 });
  }
});
