import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { cpSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { sqlite } from 'latchkey/lucia';
import { official } from './support/lucia_official.mjs';
import { luciaFile, temporaryFolder } from './support/lucia_tables.mjs';
import { importPeer, requirePeer } from './support/peers.mjs';

const { databaseUser } = await importPeer('@lucia-auth/adapter-test');
const Database = requirePeer('better-sqlite3');

const TABLES = `
CREATE TABLE user(id TEXT NOT NULL PRIMARY KEY, username TEXT NOT NULL UNIQUE);
CREATE TABLE user_session(id TEXT NOT NULL PRIMARY KEY, expires_at INTEGER NOT NULL,
  user_id TEXT NOT NULL, country TEXT, FOREIGN KEY(user_id) REFERENCES user(id));
INSERT INTO user VALUES('${databaseUser.id}', '${databaseUser.attributes.username}');
`;

for (const hashed of [false, true]) {
  const form = hashed ? 'hashed ids' : 'ids as they are';
  test(`the official adapter test passes on a file with ${form}`, async (t) => {
    const adapter = sqlite(luciaFile(t, TABLES), { session: 'user_session', hashed });
    t.after(() => adapter.close());
    if (hashed) {
      // It compares listed sessions, whose ids are hashes here, with those it has set.
      const { getUserSessions } = adapter;
      const known = new Map();
      const { setSession } = adapter;
      adapter.setSession = (session) => {
        known.set(createHash('sha256').update(session.id).digest('hex'), session.id);
        return setSession.call(adapter, session);
      };
      adapter.getUserSessions = async (id) =>
        (await getUserSessions.call(adapter, id)).map((found) => {
          assert.match(found.id, /^[0-9a-f]{64}$/);
          return { ...found, id: known.get(found.id) };
        });
    }
    await official(t, adapter);
  });
}

test('the official adapter test passes through a better-sqlite3 Database', async (t) => {
  const database = new Database(':memory:');
  database.exec(TABLES);
  await official(t, sqlite(database, { session: 'user_session' }));
});

const PROGRAM = `
import { testAdapter, databaseUser } from '@lucia-auth/adapter-test';
import { BetterSqlite3Adapter } from '@lucia-auth/adapter-sqlite';
import Database from 'better-sqlite3';
import { Lucia, sqlite } from 'lucia';
const database = new Database(':memory:');
database.exec(process.argv[2].replace('USER', databaseUser.id)
  .replace('NAME', databaseUser.attributes.username));
const adapter = new BetterSqlite3Adapter(database, { user: 'user', session: 'user_session' });
await testAdapter(adapter);
const lucia = new Lucia(adapter);
const { id } = await lucia.createSession(databaseUser.id, { country: 'us' });
if (!(await lucia.validateSession(id)).session) throw new Error('lost');
console.log('ours: ' + typeof sqlite);
`;

test('the official adapter and its test run with this package in the place of lucia', (t) => {
  const folder = temporaryFolder(t);
  const peers = fileURLToPath(new URL('peers/node_modules', import.meta.url));
  const modules = join(folder, 'node_modules');
  mkdirSync(join(modules, '@lucia-auth'), { recursive: true });
  for (const name of ['adapter-sqlite', 'adapter-test']) {
    cpSync(join(peers, '@lucia-auth', name), join(modules, '@lucia-auth', name), {
      recursive: true,
    });
  }
  symlinkSync(join(peers, 'better-sqlite3'), join(modules, 'better-sqlite3'));
  // What an override in package.json does.
  symlinkSync(fileURLToPath(new URL('..', import.meta.url)), join(modules, 'lucia'));
  writeFileSync(join(folder, 'run.mjs'), PROGRAM);
  const tables = TABLES.replace(databaseUser.id, 'USER').replace(
    databaseUser.attributes.username,
    'NAME',
  );
  const out = execFileSync(process.execPath, ['run.mjs', tables], {
    cwd: folder,
    encoding: 'utf8',
  });
  assert.equal(out.split('Passed').length - 1, 7, out);
  assert.match(out, /ours: function/);
});
