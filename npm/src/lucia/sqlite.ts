import { makeError } from '../errors';
import { BetterSqlite3 } from './better_sqlite3';
import type { DatabaseSession, NativeAdapter, SessionAndUser, Tables } from './adapter';
import type { UserId } from './types';
import { columnUser, Shape, tablesOf, toColumns, unixSeconds } from './columns';
import { makeCells, unpack } from './row';
import { native } from 'latchkey/native';
import type { Database } from './better_sqlite3';

type Handle = ReturnType<ReturnType<typeof native>['open_lucia']>;

class SqliteFile implements NativeAdapter {
  readonly #path: string;
  readonly #tables: Required<Tables>;
  #open: Handle | undefined;
  readonly #cells = makeCells();
  #generation = -1;
  #shape = new Shape([], 0);

  constructor(path: string, tables: Required<Tables>) {
    this.#path = path;
    this.#tables = tables;
  }

  get #handle(): Handle {
    const { session, user, hashed } = this.#tables;
    this.#open ??= native().open_lucia(this.#path, session, user, hashed);
    return this.#open;
  }

  findSession(sessionId: string): SessionAndUser {
    const found = native().lucia_find(this.#handle, sessionId, this.#cells);
    if (found === null) return [null, null];
    const row = typeof found === 'string' ? unpack(found, this.#cells) : found;
    if (row[0] !== this.#generation) {
      const [generation, sessionColumns, names] = native().lucia_shape(this.#handle);
      this.#shape = new Shape(names, sessionColumns, { at: 1, withoutId: true });
      this.#generation = generation;
      // The tables were altered by another thread in between: the row is read again.
      if (generation !== row[0]) return this.findSession(sessionId);
    }
    const session = this.#shape.session(row, sessionId);
    return [session, this.#shape.user(row, session)];
  }

  async getSessionAndUser(sessionId: string): Promise<SessionAndUser> {
    return this.findSession(sessionId);
  }

  async getUserSessions(userId: UserId): Promise<DatabaseSession[]> {
    const [names, ...rows] = native().lucia_list(this.#handle, columnUser(userId));
    if (names === undefined) return [];
    const shape = new Shape(names as string[], names.length);
    return rows.map((row) => shape.session(row));
  }

  async setSession(session: DatabaseSession): Promise<void> {
    const [names, values] = toColumns(session.attributes);
    const end = unixSeconds(session.expiresAt);
    const { id, userId } = session;
    const user = userId === null ? null : columnUser(userId);
    await native().lucia_insert(this.#handle, id, user, end, names, values);
  }

  async updateSessionExpiration(sessionId: string, expiresAt: Date): Promise<void> {
    await native().lucia_extend(this.#handle, sessionId, unixSeconds(expiresAt));
  }

  async updateSessionAttributes(sessionId: string, attributes: object): Promise<boolean> {
    const [names, values] = toColumns(attributes);
    return native().lucia_update(this.#handle, sessionId, names, values);
  }

  async deleteSession(sessionId: string): Promise<void> {
    await native().lucia_remove(this.#handle, sessionId);
  }

  async deleteUserSessions(userId: UserId): Promise<void> {
    await native().lucia_remove_user(this.#handle, columnUser(userId), '');
  }

  async deleteOtherSessions(userId: UserId, keep: string): Promise<void> {
    await native().lucia_remove_user(this.#handle, columnUser(userId), keep);
  }

  async deleteExpiredSessions(): Promise<void> {
    await native().lucia_remove_expired(this.#handle, Math.floor(Date.now() / 1000));
  }

  async addIndexes(): Promise<void> {
    await native().lucia_add_indexes(this.#handle);
  }

  async close(): Promise<void> {
    const open = this.#open;
    this.#open = undefined;
    if (open !== undefined) native().close_lucia(open);
  }
}

function misused(wanted: string): Error {
  return makeError('ERR_LATCHKEY_BAD_CONFIG', `sqlite(database): ${wanted}`);
}

// checkDatabase refuses what is not better-sqlite3's: other drivers have other statements.
function checkDatabase(database: unknown): Database {
  const given = (database ?? {}) as { prepare?: unknown; $client?: { prepare?: unknown } };
  const { constructor } = given as { constructor?: { name?: string } };
  if (typeof given.$client?.prepare === 'function') {
    throw misused('this is a database of Drizzle: pass its better-sqlite3 Database, `db.$client`');
  }
  if (constructor?.name === 'DatabaseSync') {
    throw misused('this is of node:sqlite: pass the path of the file, or a better-sqlite3 Database');
  }
  if (typeof given.prepare === 'function') return database as Database;
  const what = database === null ? 'null' : typeof database;
  throw misused(`the path of an SQLite file, or a better-sqlite3 Database; this is ${what}`);
}

/**
 * sqlite opens Lucia's tables in an SQLite file, as they are. Give it the path; or, when the program
 * uses better-sqlite3 on the same file, that Database, since two copies of SQLite in one process
 * would destroy each other's writes (a path is then refused with ERR_LATCHKEY_SQLITE_SHARED).
 */
export function sqlite(database: string | Database, tables: Tables = {}): NativeAdapter {
  const named = tablesOf(tables, 'user', 'session');
  if (typeof database !== 'string') return new BetterSqlite3(checkDatabase(database), named);
  const path = database.replace(/^sqlite:/, '');
  if (path === '') {
    throw misused("the path of a file that has Lucia's tables, and no empty text");
  }
  return new SqliteFile(path, named);
}
