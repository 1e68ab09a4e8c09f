// Two copies of SQLite in one process: ours and that of better-sqlite3.
import assert from 'node:assert/strict';
import { linkSync, symlinkSync } from 'node:fs';
import { dirname } from 'node:path';
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

test('no other name of the file hides that it is open', async (t) => {
  const path = luciaFile(t);
  const names = { symbolic: `${path}.symbolic`, hard: `${path}.hard`, folder: `${path}.folder` };
  symlinkSync(path, names.symbolic);
  linkSync(path, names.hard);
  symlinkSync(dirname(path), names.folder);
  names.folder += path.slice(dirname(path).length);
  for (const [kind, name] of Object.entries(names)) {
    for (const [theirs, ours] of [[name, path], [path, name]]) {
      const database = new Database(theirs, { readonly: true });
      await assert.rejects(new Lucia(sqlite(ours)).createSession('u1', {}), SHARED, kind);
      assert.throws(() => new Sessions({ store: ours }).open(), SHARED, kind);
      database.close();
    }
  }
});

// The last connection that closes takes the log away, and locks hold nobody off in one process.
test('our end takes nothing from a copy that has opened the file, too', async (t) => {
  for (const make of [(path) => sqlite(path), (path) => new Sessions({ store: path }).open()]) {
    const path = luciaFile(t);
    const opened = new Database(path);
    opened.pragma('journal_mode = WAL');
    opened.exec('CREATE TABLE note(id INTEGER PRIMARY KEY)');
    opened.close();
    const ours = make(path);
    await ours.deleteExpiredSessions?.();
    const database = new Database(path);
    const note = (id) => database.prepare('INSERT INTO note VALUES(?)').run(id);
    for (let id = 0; id < 50; ++id) note(id);
    await ours.close();
    for (let id = 50; id < 100; ++id) note(id);
    database.close();
    assert.equal(sql(path, 'SELECT count(*) AS n FROM note')[0].n, 100);
    assert.equal(sql(path, 'PRAGMA integrity_check')[0].integrity_check, 'ok');
  }
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
