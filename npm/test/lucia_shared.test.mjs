// Two copies of SQLite in one process: ours and that of better-sqlite3.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Sessions } from 'latchkey';
import { Lucia, sqlite } from 'latchkey/lucia';
import { luciaFile, sql } from './support/lucia_tables.mjs';
import { requirePeer } from './support/peers.mjs';

const Database = requirePeer('better-sqlite3');
const SHARED = { code: 'ERR_LATCHKEY_SQLITE_SHARED' };

test('a file that better-sqlite3 has open is not opened, and the fix is named', async (t) => {
  const path = luciaFile(t);
  const database = new Database(path);
  const lucia = new Lucia(sqlite(path));
  await assert.rejects(lucia.validateSession('x'), SHARED);
  await assert.rejects(lucia.createSession('u1', {}), /pass that Database object/);
  assert.throws(() => new Sessions({ store: path }).open(), SHARED);
  database.close();
  assert.equal((await lucia.createSession('u1', {})).userId, 'u1');
});

test('nothing is written once better-sqlite3 has opened the file, too', async (t) => {
  const path = luciaFile(t);
  const adapter = sqlite(path);
  const sessions = new Sessions({ store: path });
  const lucia = new Lucia(adapter);
  const session = await lucia.createSession('u1', {});
  await sessions.create('u1');
  const database = new Database(path);
  await assert.rejects(lucia.createSession('u1', {}), SHARED);
  await assert.rejects(lucia.invalidateSession(session.id), SHARED);
  await assert.rejects(sessions.create('u1'), SHARED);
  database.close();
  await lucia.invalidateSession(session.id);
  await sessions.create('u1');
  await adapter.close();
  await sessions.close();
});

test('writers interleaved through one Database lose nothing', async (t) => {
  const path = luciaFile(t);
  const database = new Database(path);
  database.pragma('journal_mode = WAL');
  database.exec('CREATE TABLE note(id INTEGER PRIMARY KEY, text TEXT)');
  const lucia = new Lucia(sqlite(database));
  const ids = [];
  for (let i = 0; i < 300; ++i) {
    const made = lucia.createSession(i % 2 ? 'u1' : 'u2', {});
    database.prepare('INSERT INTO note VALUES(?, ?)').run(i, `n${i}`);
    ids.push((await made).id);
    if (i % 5 === 0) await lucia.invalidateSession(ids.shift());
    database.transaction(() => {
      database.prepare('UPDATE note SET text = ? WHERE id = ?').run(`m${i}`, i);
    })();
  }
  database.close();
  const [{ notes }] = sql(path, "SELECT count(*) AS notes FROM note WHERE text LIKE 'm%'");
  assert.equal(notes, 300);
  const left = sql(path, 'SELECT id FROM session').map((row) => row.id);
  assert.deepEqual(left.sort(), [...ids].sort());
});

test('an application writes to its own file beside ours and both keep everything', async (t) => {
  const path = luciaFile(t);
  const own = new Database(`${path}.app`);
  own.exec('CREATE TABLE note(id INTEGER PRIMARY KEY)');
  const adapter = sqlite(path);
  const lucia = new Lucia(adapter);
  await Promise.all(
    Array.from({ length: 100 }, async (_, i) => {
      own.prepare('INSERT INTO note VALUES(?)').run(i);
      await lucia.createSession('u1', {});
    }),
  );
  own.close();
  await adapter.close();
  assert.equal(sql(path, 'SELECT count(*) AS n FROM session')[0].n, 100);
  assert.equal(sql(`${path}.app`, 'SELECT count(*) AS n FROM note')[0].n, 100);
});
