// The rows that latchkey/lucia reads natively, beside those better-sqlite3 reads of the same file.
import assert from 'node:assert/strict';
import { copyFileSync } from 'node:fs';
import { test } from 'node:test';
import { sqlite } from 'latchkey/lucia';
import { luciaFile } from './support/lucia_tables.mjs';
import { requirePeer } from './support/peers.mjs';

const Database = requirePeer('better-sqlite3');
const END = 4_000_000_000;

const VALUES = [
  null, '', 'plain', 'a longer text that V8 keeps as a slice', 'häßlich', '\u{1f511} key', 'a\0b',
  '\u007f', '\u0080', 0, -1, 1.5, -0.25, 1e300, 2 ** 40, -(2 ** 53), Buffer.from([]),
  Buffer.from([0, 128, 255]),
];

/** tables makes `columns` attributes for sessions and users, filled by `value(row, column)`. */
function tables(t, columns, rows, value) {
  const path = luciaFile(t, '');
  const database = new Database(path);
  const names = Array.from({ length: columns }, (_, i) => `c${i}`);
  database.exec(`CREATE TABLE user(id TEXT PRIMARY KEY, ${names.join()});
    CREATE TABLE session(${names.join()}, user_id TEXT, id TEXT PRIMARY KEY, expires_at INTEGER)`);
  const places = ',?'.repeat(columns);
  const user = database.prepare(`INSERT INTO user VALUES(?${places})`);
  const session = database.prepare(`INSERT INTO session VALUES(${places.slice(1)},?,?,${END})`);
  for (let row = 0; row < rows; ++row) {
    const given = names.map((_, column) => value(row, column));
    const id = row % 5 === 0 ? `bénutzer${row}` : `user${row}`;
    if (row % 7 !== 3) user.run(id, ...given.toReversed());
    session.run(...given, id, `session${row}`);
  }
  database.close();
  copyFileSync(path, `${path}.copy`);
  return { path, copy: new Database(`${path}.copy`) };
}

for (const [form, columns] of [['few', 9], ['many', 40]]) {
  test(`rows of ${form} columns have the values that better-sqlite3 reads`, async (t) => {
    const rows = 200;
    const value = (row, column) =>
      VALUES[row < VALUES.length ? row : (row * 31 + column * 7) % VALUES.length];
    const { path, copy } = tables(t, columns, rows, value);
    const adapter = sqlite(path);
    t.after(() => adapter.close());
    const sessions = copy.prepare('SELECT * FROM session WHERE id=?');
    const users = copy.prepare('SELECT * FROM user WHERE id=?');
    let without = 0;
    for (let row = 0; row < rows; ++row) {
      const { id, user_id: userId, expires_at: end, ...attributes } = sessions.get(`session${row}`);
      const wanted = { id, userId, expiresAt: new Date(end * 1000), attributes };
      const [session, user] = await adapter.getSessionAndUser(id);
      assert.deepEqual(session, wanted);
      const found = users.get(userId);
      if (found === undefined) {
        ++without;
        assert.equal(user, null);
      } else {
        const { id: own, ...theirs } = found;
        assert.deepEqual(user, { id: own, attributes: theirs });
      }
    }
    assert.ok(without > 0);
  });
}
