import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { Worker } from 'node:worker_threads';
import { Sessions } from 'latchkey';
import { temporaryFolder } from './support/lucia_tables.mjs';

const start = (data) =>
  new Worker(new URL('support/session_worker.cjs', import.meta.url), { workerData: data });
const message = (worker) =>
  new Promise((resolve, reject) => {
    worker.once('message', resolve);
    worker.once('error', reject);
  });

test('worker threads share what is open, and may end in the middle of a call', async (t) => {
  const options = { store: join(temporaryFolder(t), 'app.db'), maxPerUser: 0 };
  const sessions = new Sessions(options);
  const { token } = await sessions.create('main');
  const workers = [0, 1, 2].map((user) => start({ options, user, count: 20, forever: user > 0 }));
  const tokens = (await Promise.all(workers.map(message))).flat();
  assert.equal(new Set(tokens).size, 60);
  for (const made of tokens) assert.equal(sessions.validate(made).state, 'active');
  await Promise.all(workers.map((worker) => worker.terminate()));
  assert.equal(sessions.validate(token).state, 'active');
  assert.equal((await sessions.create('main')).session.userId, 'main');
  await sessions.close();
});

test('a worker that ends leaves the sessions of the program open', async () => {
  const options = { store: 'memory:workers' };
  const sessions = new Sessions(options).open();
  const worker = start({ options, user: 1, count: 1 });
  const [made] = await message(worker);
  await worker.terminate();
  assert.equal(sessions.validate(made).session.userId, 'u1');
});
