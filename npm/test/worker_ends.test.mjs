// H1: a worker thread may end at any time, with calls under way on other threads. What comes back
// for it afterwards must touch nothing that has gone with it. Stores behind a network that answer are
// in remote.test.mjs and lucia_remote.test.mjs.
import { once } from 'node:events';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { test } from 'node:test';
import { luciaFile, temporaryFolder } from './support/lucia_tables.mjs';
import { FULL, survives, workersEnd } from './support/survival.mjs';

test('workers end while embedded stores are written and passwords are hashed', async (t) => {
  const folder = temporaryFolder(t);
  await workersEnd(['memory:ends', `sqlite:${join(folder, 'app.db')}`, { lucia: luciaFile(t) }]);
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
