// One login, two languages: `latchkey serve`, a C++ program and this Node process have the same
// SQLite database open at once. A log-in on one is known on the others, a log-out on one is one
// everywhere.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { Sessions } from 'latchkey';
import { startServer } from '../../tests/browser/support/server.mjs';

const TOOL = fileURLToPath(new URL('../../build/npm/latchkey_session_tool', import.meta.url));
const credentials = { username: 'ada@example.com', password: 'correct horse battery staple' };

// The C++ program as an object of two functions.
function startTool(database) {
  const child = spawn(TOOL, [database], { stdio: ['pipe', 'pipe', 'inherit'] });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  return {
    async ask(...words) {
      child.stdin.write(`${words.join(' ')}\n`);
      return (await lines.next()).value;
    },
    async stop() {
      const ended = once(child, 'exit');
      child.stdin.end();
      assert.equal((await ended)[0], 0);
    },
  };
}

// The server: a cookie's session by its JSON API.
function client(server) {
  const cookie = (token) => ({ cookie: `session-${server.port}=${token}` });
  const call = (method, path, headers, body) =>
    fetch(`http://127.0.0.1:${server.port}${path}`, { method, headers, body });
  return {
    async enter(path) {
      const headers = { 'content-type': 'application/json' };
      const answer = await call('POST', path, headers, JSON.stringify(credentials));
      assert.ok(answer.ok, `${path}: ${answer.status}`);
      return answer.headers.get('set-cookie').match(/=(lk1_[^;]+);/)[1];
    },
    status: async (token) => (await call('GET', '/v1/session', cookie(token))).status,
    logout: async (token) => (await call('POST', '/v1/logout', cookie(token))).status,
  };
}

// Another process learns of an end within its cache's bound; the wait has a hard limit.
async function until(wanted, ask) {
  const deadline = Date.now() + 5000;
  for (;;) {
    const found = await ask();
    if (found === wanted || Date.now() > deadline) {
      assert.equal(found, wanted);
      return;
    }
    await sleep(10);
  }
}

test('a log-in on one is known on the others, and a log-out is one everywhere', async (t) => {
  const server = await startServer();
  t.after(() => server.stop());
  const http = client(server);
  const database = join(server.data, 'latchkey.db');
  const cpp = startTool(database);
  const sessions = new Sessions({ store: database });
  t.after(() => sessions.close());
  t.after(() => cpp.stop());

  const everywhere = async (token, user) => {
    assert.equal(await http.status(token), 200);
    assert.equal(await cpp.ask('validate', token), `active ${user}`);
    assert.equal(sessions.validate(token).session.userId, user);
  };
  const nowhere = async (token) => {
    await until(401, () => http.status(token));
    await until('revoked', () => cpp.ask('validate', token));
    await until('revoked', () => sessions.validate(token).state);
  };

  // Logged in by the server, logged out by Node.
  const first = await http.enter('/v1/signup');
  const user = sessions.validate(first).session.userId;
  await everywhere(first, user);
  assert.equal(await sessions.revoke(first), true);
  await nowhere(first);

  // Logged in by Node with the server's user, logged out by C++.
  const second = (await sessions.accounts.logIn(credentials)).token;
  await everywhere(second, user);
  assert.equal(await cpp.ask('revoke', second), 'ended');
  await nowhere(second);

  // Made by C++, logged out by the server.
  const third = await cpp.ask('create', user);
  await everywhere(third, user);
  assert.ok((await http.logout(third)) < 300);
  await nowhere(third);
});

test('three programs that write at once lose nothing', async (t) => {
  const server = await startServer();
  t.after(() => server.stop());
  const http = client(server);
  const database = join(server.data, 'latchkey.db');
  const cpp = startTool(database);
  const sessions = new Sessions({ store: database, maxPerUser: 0 });
  t.after(() => sessions.close());
  t.after(() => cpp.stop());
  await http.enter('/v1/signup');
  const made = await Promise.all([
    ...Array.from({ length: 3 }, () => http.enter('/v1/login')),
    ...Array.from({ length: 40 }, async () => (await sessions.create('node')).token),
    (async () => {
      const tokens = [];
      for (let i = 0; i < 40; ++i) tokens.push(await cpp.ask('create', 'cpp'));
      return tokens;
    })(),
  ]);
  for (const token of made.flat()) assert.equal(sessions.validate(token).state, 'active');
  assert.equal(new Set(made.flat()).size, 83);
});
