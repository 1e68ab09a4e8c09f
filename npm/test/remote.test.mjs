// Stores behind a network, from Node: a real Redis and a real PostgreSQL.
import assert from 'node:assert/strict';
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { after, before, describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { Sessions } from 'latchkey';
import { getIronSession } from 'latchkey/iron-session';
import { postgresServer, redisServer } from './support/engines.mjs';
import { workersEnd } from './support/survival.mjs';

const worker = fileURLToPath(new URL('./support/remote_worker.mjs', import.meta.url));
const ENGINES = {
  redis: async () => {
    const server = await redisServer();
    return { server, url: server.url };
  },
  postgres: async () => {
    const server = await postgresServer();
    return { server, url: server.url('latchkey') };
  },
};
const state = async (sessions, token, options) =>
  (await sessions.validateAsync(token, options)).state;

for (const [name, start] of Object.entries(ENGINES)) {
  describe(`sessions on ${name}`, () => {
    let server, url, sessions;
    before(async () => {
      ({ server, url } = await start());
      if (name === 'postgres') server.run('CREATE SCHEMA latchkey');
      sessions = new Sessions({ store: url, publicUrl: 'https://app.example' });
    });
    after(async () => {
      await sessions.close();
      await server.stop();
    });

    test('cookies need no connection, and nothing is opened before one is needed', () => {
      const away = new Sessions({ store: 'redis://127.0.0.1:1', publicUrl: 'https://a.example' });
      assert.equal(away.readCookie('__Host-session=x'), 'x');
      assert.match(away.blankCookie(), /^__Host-session=; .*Max-Age=0/);
    });

    test('a session is created, known, changed, listed and ended', async () => {
      const { token, session } = await sessions.create('u1', { attributes: { theme: 'dark' } });
      const found = await sessions.validateAsync(token);
      assert.equal(found.state, 'active');
      assert.deepEqual(found.session.attributes, { theme: 'dark' });
      const updated = await sessions.update(found.session, { size: 2 });
      assert.deepEqual(updated.session.attributes, { theme: 'dark', size: 2 });
      const other = await sessions.create('u1');
      assert.deepEqual((await sessions.revokeOthers(token)).ids, [other.session.id]);
      const page = await sessions.list('u1');
      assert.deepEqual(page.sessions.map((listed) => listed.id), [session.id]);
      assert.equal(await sessions.revoke(token), true);
      assert.equal(await state(sessions, token), 'revoked');
      assert.equal(await state(sessions, other.token), 'revoked');
    });

    test('validate does not wait for a network on the event loop', async () => {
      const unsupported = { code: 'ERR_LATCHKEY_UNSUPPORTED', message: /validateAsync/ };
      assert.throws(() => sessions.validate('x'), unsupported);
    });

    test('what is known already is answered from memory, and the end of it is heard', async () => {
      const { token } = await sessions.create('u2');
      await sessions.validateAsync(token);
      const child = fork(worker, [url], { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
      const ended = once(child, 'exit');
      // A busy machine may miss the deadline of a look-up, which says nothing about the session.
      const ask = async (message) => {
        const tries = Date.now() + 15_000;
        for (;;) {
          child.send(message);
          const told = await Promise.race([once(child, 'message'), ended.then(() => ['it ended'])]);
          if (told[0] !== 'ERR_LATCHKEY_STORE_UNAVAILABLE' || Date.now() > tries) return told[0];
        }
      };
      assert.equal(await ask({ validate: token }), 'active');
      assert.equal(await sessions.revoke(token), true);
      // Within the published bound of a copy's age, whatever is lost; usually in milliseconds.
      const late = Date.now() + 6000;
      while ((await ask({ validate: token })) === 'active') assert.ok(Date.now() < late, 'heard');
      assert.equal(await ask({ validate: token }), 'revoked');
      child.disconnect();
      await ended;
    });

    test('users sign up and log in off the event loop', async () => {
      const credentials = { username: 'ada', password: 'correct horse battery staple' };
      assert.equal((await sessions.accounts.signUp(credentials)).rejection, null);
      const again = await sessions.accounts.signUp(credentials);
      assert.equal(again.rejection.code, 'username_taken');
      const { token, user } = await sessions.accounts.logIn(credentials);
      const found = await sessions.validateAsync(token, { withUser: true });
      assert.equal(found.user.id, user.id);
    });

    test('every carrier works', async () => {
      for (const carrier of ['encrypted_id', 'hybrid', 'sealed', 'signed']) {
        const own = new Sessions({
          store: url,
          carrier,
          secret: 'q7Zk0N3xT2mVb8YpLs5RdWcJfHgAe1Uo+9iKMXnB4tE=',
          publicUrl: 'https://app.example',
        });
        const { token } = await own.create('u3');
        assert.equal(await state(own, token), 'active', carrier);
        assert.equal(await own.revoke(token), true, carrier);
        assert.notEqual(await state(own, token), 'active', carrier);
        await own.close();
      }
    });

    test('H1: workers end in the middle of calls', async () => {
      await workersEnd(name === 'redis' ? [url, { lucia: url }] : [url]);
    });

    test('a sealed session of latchkey/iron-session can be ended here', async () => {
      const jar = new Map();
      const cookies = {
        get: (key) => (jar.has(key) ? { value: jar.get(key) } : undefined),
        set: (key, value) => jar.set(key, value),
      };
      const options = {
        cookieName: 'sid',
        password: 'a password with forty characters or more!',
        store: url,
      };
      const session = await getIronSession(cookies, options);
      session.user = 'ada';
      await session.save();
      const stolen = new Map(jar);
      assert.equal((await getIronSession(cookies, options)).user, 'ada');
      await (await getIronSession(cookies, options)).destroy();
      jar.clear();
      for (const [key, value] of stolen) jar.set(key, value);
      assert.equal((await getIronSession(cookies, options)).user, undefined);
    });
  });
}

test('a store that is away is a failure that may be tried again, and never a log-out', async (t) => {
  const server = await redisServer();
  t.after(() => server.stop());
  const sessions = new Sessions({ store: server.url });
  t.after(() => sessions.close());
  const { token } = await sessions.create('u1');
  await server.kill();
  const away = (error) => {
    assert.equal(error.code, 'ERR_LATCHKEY_STORE_UNAVAILABLE');
    assert.equal(error.status, 503);
    assert.equal(error.retryable, true);
    return true;
  };
  await assert.rejects(sessions.validateAsync(token, { fresh: true }), away);
  await assert.rejects(sessions.create('u1'), away);
  // It comes back without its data: that is a failed store too, not an empty one.
  await server.restart();
  const late = Date.now() + 15_000;
  for (;;) {
    const code = await sessions.validateAsync(token, { fresh: true }).then(
      (found) => found.state,
      (error) => error.code,
    );
    if (code === 'ERR_LATCHKEY_STORE_MISMATCH') break;
    assert.equal(code, 'ERR_LATCHKEY_STORE_UNAVAILABLE');
    assert.ok(Date.now() < late);
  }
});

test('a store that cannot be reached at first is found when it comes', async (t) => {
  const server = await redisServer();
  t.after(() => server.stop());
  await server.kill();
  const sessions = new Sessions({ store: server.url });
  t.after(() => sessions.close());
  const refused = { code: 'ERR_LATCHKEY_STORE_UNAVAILABLE' };
  const started = Date.now();
  await Promise.all(
    Array.from({ length: 50 }, () => assert.rejects(sessions.validateAsync('x'), refused)),
  );
  assert.ok(Date.now() - started < 10_000, 'fifty requests do not dial one after another');
  await server.restart();
  const late = Date.now() + 15_000;
  for (;;) {
    const made = await sessions.create('u1').catch(() => null);
    if (made) break;
    assert.ok(Date.now() < late);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
});

test('a silent store takes none of the threads that files and hashes need', async (t) => {
  const server = await redisServer();
  t.after(async () => {
    server.signal('SIGCONT');
    await server.stop();
  });
  const sessions = new Sessions({ store: server.url });
  const { token } = await sessions.create('u1');
  server.signal('SIGSTOP');
  // A file is read while all of them wait: none of Node's four threads is taken. A machine that
  // stands still for longer than the calls wait says nothing, so it is tried a few times.
  let overtaken = false;
  for (let tries = 0; tries < 5 && !overtaken; tries++) {
    let answered = 0;
    const waiting = Array.from({ length: 40 }, () =>
      sessions.validateAsync(token, { fresh: true }).catch(() => answered++),
    );
    await readFile(fileURLToPath(import.meta.url));
    overtaken = answered === 0;
    await Promise.all(waiting);
    assert.equal(answered, 40);
  }
  assert.ok(overtaken);
  await sessions.close();
});

test('misuse of a URL is told without repeating it', async () => {
  for (const store of ['mysql://u:secret@h/db', 'redis://u:secret@h:99999', 'postgres:']) {
    const create = async () => new Sessions({ store }).create('u1');
    await assert.rejects(create, (error) => {
      assert.equal(error.code, 'ERR_LATCHKEY_BAD_CONFIG', store);
      assert.doesNotMatch(error.message, /secret/);
      return true;
    });
  }
});
