// Calls of one turn of the event loop go to a store behind a network together. Each has an answer of
// its own, whatever becomes of its neighbours.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { after, before, describe, test } from 'node:test';
import { Worker } from 'node:worker_threads';
import { Sessions } from 'latchkey';
import { postgresServer, redisServer } from './support/engines.mjs';

const password = 'correct horse battery staple';
const together = (count, call) => Promise.allSettled(Array.from({ length: count }, (_, i) => call(i)));

// A busy machine may miss the deadline of a look-up, which says nothing about the session.
function answered({ status, reason }) {
  if (status === 'rejected') assert.equal(reason.status, 503, reason.message);
  return status === 'fulfilled';
}

const ENGINES = {
  redis: {
    start: redisServer,
    url: (server) => server.url,
    prepare: () => {},
    disable: (server, id) => {
      const [key] = server.command('--scan', '--pattern', `*u:${id}`).split('\n');
      server.command('hset', key, 'disabled', '1');
    },
  },
  postgres: {
    start: postgresServer,
    url: (server) => server.url('latchkey'),
    prepare: (server) => server.run('CREATE SCHEMA latchkey'),
    disable: (server, id) =>
      server.run(`UPDATE latchkey.latchkey_users SET disabled=true WHERE id='${id}'`),
  },
};

for (const [name, engine] of Object.entries(ENGINES)) {
  describe(`calls of one turn on ${name}`, () => {
    let server, sessions;
    before(async () => {
      server = await engine.start();
      engine.prepare(server);
      sessions = new Sessions({ store: engine.url(server), publicUrl: 'https://app.example' });
    });
    after(async () => {
      await sessions.close();
      await server.stop();
    });

    test('many checks get each its own answer', async () => {
      const made = await Promise.all(
        Array.from({ length: 40 }, (_, i) => sessions.create(`u${i}`, { attributes: { i } })),
      );
      const revoked = await sessions.create('gone');
      await sessions.revoke(revoked.token);
      const { user, token: disabled } = await sessions.accounts.signUp({
        username: `dis${name}`,
        password,
      });
      engine.disable(server, user.id);
      const unknown = made[0].token.slice(0, -1) + (made[0].token.endsWith('A') ? 'B' : 'A');
      const kinds = [
        (i) => [made[i % 40].token, `u${i % 40}`, 'active'],
        () => [revoked.token, undefined, 'revoked'],
        () => [unknown, undefined, 'none'],
        () => [disabled, undefined, 'none'],
        () => ['junk', undefined, 'none'],
      ];
      const wanted = Array.from({ length: 300 }, (_, i) => kinds[i % 5](i));
      const options = { fresh: true, withUser: true };
      const answers = await together(300, (i) => sessions.validateAsync(wanted[i][0], options));
      assert.ok(answers.some(({ status }) => status === 'fulfilled'));
      for (const [i, answer] of answers.entries()) {
        if (!answered(answer)) continue;
        const { value } = answer;
        assert.equal(value.state, wanted[i][2], `${i}`);
        assert.equal(value.session?.userId, wanted[i][1], `${i}`);
        if (value.session) assert.deepEqual(value.session.attributes, { i: i % 40 });
      }
      // Without the user nobody hears that it is disabled, also when a neighbour asked.
      const [plain, full] = await Promise.all([
        sessions.validateAsync(disabled, { fresh: true }),
        sessions.validateAsync(disabled, options),
      ]);
      assert.deepEqual([plain.state, full.state], ['active', 'none']);
    });

    test('many sessions are made, each with its own outcome', async () => {
      const outcomes = await together(200, (i) =>
        sessions.create(i % 7 === 3 ? `u${i}` : 'one', { level: i % 7 === 3 ? 9 : 1 }),
      );
      const tokens = [];
      for (const [i, { status, value, reason }] of outcomes.entries()) {
        assert.equal(status, i % 7 === 3 ? 'rejected' : 'fulfilled', `${i}`);
        if (reason) assert.equal(reason.code, 'ERR_LATCHKEY_INVALID_ARGUMENT');
        else tokens.push(value.token);
      }
      assert.equal(new Set(tokens).size, tokens.length);
      const { sessions: kept } = await sessions.list('one', { limit: 1000 });
      assert.equal(kept.length, 100, 'the limit of a user holds');
    });

    test('texts of any alphabet come through', async () => {
      const given = { attributes: { name: 'Zoë 🔑', '日本': [1] }, userAgent: 'Ünïcödé', address: 'é' };
      const { token, session } = await sessions.create('zoë-🔑', given);
      const { session: found } = await sessions.validateAsync(token, { fresh: true });
      for (const one of [session, found]) {
        assert.equal(one.userId, 'zoë-🔑');
        assert.equal(one.userAgent, 'Ünïcödé');
        assert.equal(one.address, 'é');
        assert.deepEqual(one.attributes, given.attributes);
      }
      assert.deepEqual({ ...found }, { ...session });
    });

    test('a session is plain data, and what names its token is not part of it', async () => {
      const { token, session } = await sessions.create('plain');
      const names = ['id', 'userId', 'createdAt', 'authenticatedAt', 'lastSeenAt', 'idleExpiresAt'];
      names.push('absoluteExpiresAt', 'level', 'persistent', 'userAgent', 'address');
      names.push('attributes', 'revision', 'version');
      assert.deepEqual(Object.keys(session), names);
      assert.equal(Object.getPrototypeOf(session), Object.prototype);
      const clone = structuredClone(session);
      assert.deepEqual(clone, session);
      assert.ok(clone.createdAt instanceof Date);
      assert.doesNotMatch(JSON.stringify(session), new RegExp(token));
      assert.deepEqual(Reflect.ownKeys(session), names);
      assert.equal(await sessions.revoke(session), true);
      assert.equal((await sessions.validateAsync(token)).state, 'revoked');
    });

    test('a batch goes on when a worker of its calls ends', async () => {
      const { token } = await sessions.create('kept');
      const code = `const { createRequire } = require('node:module');
        const { parentPort, workerData } = require('node:worker_threads');
        const { Sessions } = createRequire(workerData.here)('latchkey');
        const sessions = new Sessions(workerData.options);
        for (let i = 0; i < 100; i++) {
          sessions.validateAsync(workerData.token, { fresh: true }).catch(() => {});
          sessions.create('of-worker').catch(() => {});
        }
        parentPort.postMessage('asked');
        if (workerData.exits) process.exit(0);`;
      const options = { store: engine.url(server), publicUrl: 'https://app.example' };
      const here = import.meta.url;
      for (const exits of [true, false]) {
        const worker = new Worker(code, { eval: true, workerData: { options, token, exits, here } });
        const ended = once(worker, 'exit');
        await once(worker, 'message');
        const asked = together(100, () => sessions.validateAsync(token, { fresh: true }));
        await worker.terminate();
        await ended;
        for (const answer of (await asked).filter(answered)) {
          assert.equal(answer.value.state, 'active');
        }
      }
    });

    test('a flood is answered or refused, and nothing of it is lost', async () => {
      const { token } = await sessions.create('flood');
      const answers = await together(20_000, () => sessions.validateAsync(token, { fresh: true }));
      const refused = answers.filter(({ status }) => status === 'rejected');
      assert.ok(refused.length < 20_000);
      for (const { reason } of refused) {
        // What waited past its deadline has failed, too.
        assert.match(reason.code, /^ERR_LATCHKEY_(OVERLOADED|STORE_UNAVAILABLE)$/);
        assert.equal(reason.status, 503);
      }
      for (const { value } of answers) if (value) assert.equal(value.state, 'active');
    });

    test('the store goes: each call fails, and nobody is logged out', async () => {
      const { token } = await sessions.create('u1');
      const calls = together(200, (i) =>
        i % 2 ? sessions.validateAsync(token, { fresh: true }) : sessions.create('u1'),
      );
      await server.kill();
      const behind = together(200, (i) =>
        i % 2 ? sessions.validateAsync(token, { fresh: true }) : sessions.create('u1'),
      );
      for (const [i, { value }] of (await calls).entries()) {
        if (value && i % 2) assert.equal(value.state, 'active');
      }
      for (const { status, reason } of await behind) {
        assert.equal(status, 'rejected');
        assert.equal(reason.status, 503);
        assert.equal(reason.retryable, true);
      }
    });
  });
}
