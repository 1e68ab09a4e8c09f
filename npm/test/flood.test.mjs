// H2: a flood of passwords is refused early, and delays nobody else's check.
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { Sessions } from 'latchkey';
import { redisServer } from './support/engines.mjs';
import { temporaryFolder } from './support/lucia_tables.mjs';

const password = 'correct horse battery staple';

// flood begins `count` calls and tells how they end. Who may not try again yet is told at once.
function flood(count, call) {
  const told = { hashed: 0, limited: 0, refused: [] };
  const calls = Array.from({ length: count }, (_, i) =>
    call(i).then(
      (outcome) => (outcome?.rejection?.code === 'rate_limited' ? told.limited++ : told.hashed++),
      (error) => told.refused.push(error),
    ),
  );
  told.done = Promise.all(calls);
  return told;
}

async function checksGoOn(sessions) {
  const { token } = await sessions.create('u1');
  const username = `kept${Math.random()}`;
  const user = await sessions.accounts.signUp({ username, password });
  const passwords = { current: 'wrong', replacement: password };
  const kinds = [
    (i) => sessions.accounts.logIn({ username: `nobody${i}`, password }),
    (i) => sessions.accounts.signUp({ username: `new${i}-${Math.random()}`, password }),
    () => sessions.accounts.changePassword(user.token, passwords),
  ];
  const told = flood(300, (i) => kinds[i % 3](i));
  const order = [];
  const check = async () => {
    assert.equal((await sessions.validateAsync(token, { fresh: true })).state, 'active');
    await sessions.create('u2');
    order.push(told.hashed);
  };
  await Promise.all([check(), check()]);
  await told.done;
  // Behind the flood they would come after all that was admitted of it.
  const most = Math.max(...order);
  assert.ok(most < told.hashed / 2, `after ${most} of ${told.hashed} hashes`);
  assert.ok(told.refused.length > 100, `${told.refused.length} of 300 were refused`);
  for (const error of told.refused) {
    assert.equal(error.code, 'ERR_LATCHKEY_OVERLOADED');
    assert.equal(error.retryable, true);
    assert.equal(error.status, 503);
  }
}

test('beside an embedded store', async (t) => {
  const sessions = new Sessions({ store: `sqlite:${join(temporaryFolder(t), 'app.db')}` });
  await checksGoOn(sessions);
  await sessions.close();
});

test('beside a Redis', async (t) => {
  const server = await redisServer();
  t.after(() => server.stop());
  const sessions = new Sessions({ store: server.url });
  t.after(() => sessions.close());
  await checksGoOn(sessions);
});

test('a store that is silent delays no other one', async (t) => {
  const [silent, live] = [await redisServer(), await redisServer()];
  const [away, here] = [silent, live].map(({ url }) => new Sessions({ store: url }));
  t.after(async () => {
    silent.signal('SIGCONT');
    await Promise.all([away.close(), here.close()]);
    await Promise.all([silent.stop(), live.stop()]);
  });
  const { token } = await away.create('u1');
  const other = await here.create('u1');
  silent.signal('SIGSTOP');
  // More calls than any pool has threads.
  const told = flood(200, () => away.validateAsync(token, { fresh: true }));
  assert.equal((await here.validateAsync(other.token, { fresh: true })).state, 'active');
  assert.equal(told.hashed + told.refused.length, 0, 'before any of them gave up');
  await told.done;
});

test('upkeep of a store takes no thread of its checks, and its queue is bounded, too', async () => {
  const sessions = new Sessions({ store: 'memory:upkeep' });
  const told = flood(30_000, () => sessions.prune()); // many, for each is quick
  await told.done;
  assert.ok(told.refused.length > 0 && told.hashed > 0, `${told.refused.length} refused`);
  for (const { code } of told.refused) assert.equal(code, 'ERR_LATCHKEY_OVERLOADED');
});
