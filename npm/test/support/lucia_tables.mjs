// Databases with Lucia's documented tables, made without a copy of SQLite in this process.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export const TABLES = `
CREATE TABLE user(id TEXT NOT NULL PRIMARY KEY, username TEXT);
CREATE TABLE session(id TEXT NOT NULL PRIMARY KEY, expires_at INTEGER NOT NULL,
  user_id TEXT NOT NULL, country TEXT, FOREIGN KEY(user_id) REFERENCES user(id));
INSERT INTO user VALUES('u1','ada'),('u2','bob');
`;

export function temporaryFolder(t) {
  const folder = mkdtempSync(join(tmpdir(), 'latchkey-npm-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** sql runs statements with the sqlite3 program and returns the rows. */
export function sql(path, text) {
  const out = execFileSync('sqlite3', ['-json', path, text], { encoding: 'utf8' });
  return out.trim() === '' ? [] : JSON.parse(out);
}

/** luciaFile makes a database file with the tables and returns its path. */
export function luciaFile(t, tables = TABLES) {
  const path = join(temporaryFolder(t), 'lucia.db');
  sql(path, tables);
  return path;
}
