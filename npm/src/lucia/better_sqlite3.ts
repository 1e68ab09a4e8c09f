import { createHash } from 'node:crypto';
import { makeError } from '../errors';
import type { DatabaseSession, NativeAdapter, SessionAndUser, Tables } from './adapter';
import type { UserId } from './types';
import { columnUser, Shape, toColumns, unixSeconds } from './columns';

interface Statement {
  raw(on: boolean): Statement;
  get(...values: unknown[]): unknown;
  all(...values: unknown[]): unknown[];
  run(...values: unknown[]): { changes: number | bigint };
  columns(): { name: string }[];
}

/** What is used of better-sqlite3's Database. */
export interface Database {
  prepare(sql: string): Statement;
}

interface Prepared {
  statement: Statement;
  shape: Shape;
  divider: number;
  width: number;
}

const DIVIDER = 'latchkey:divider';
const quote = (name: string) => `"${name.replaceAll('"', '""')}"`;

function prepareRows(database: Database, sql: string): Prepared {
  const statement = database.prepare(sql).raw(true);
  const names = statement.columns().map((column) => column.name);
  const width = names.length;
  const divider = names.indexOf(DIVIDER);
  names.splice(divider, 1);
  return { statement, shape: new Shape(names, divider), divider, width };
}

/** BetterSqlite3 works on Lucia's tables through a connection the program has anyway. */
export class BetterSqlite3 implements NativeAdapter {
  readonly #database: Database;
  readonly #sessions: string;
  readonly #hashed: boolean;
  readonly #findSql: string;
  readonly #listSql: string;
  #find: Prepared | undefined;
  #list: Prepared | undefined;

  constructor(database: Database, tables: Required<Tables>) {
    this.#database = database;
    this.#sessions = quote(tables.session);
    this.#hashed = tables.hashed;
    const columns = `SELECT s.*, NULL AS ${quote(DIVIDER)}`;
    this.#findSql =
      `${columns}, u.* FROM ${this.#sessions} s LEFT JOIN ${quote(tables.user)} u ` +
      'ON u.id = s.user_id WHERE s.id = ?';
    this.#listSql = `${columns} FROM ${this.#sessions} s WHERE s.user_id = ?`;
  }

  #stored(id: string): string {
    return this.#hashed ? createHash('sha256').update(id).digest('hex') : id;
  }

  #run(sql: string, ...values: unknown[]): number {
    return Number(this.#database.prepare(sql).run(...values).changes);
  }

  findSession(sessionId: string): SessionAndUser {
    let find = (this.#find ??= prepareRows(this.#database, this.#findSql));
    const row = find.statement.get(this.#stored(sessionId)) as unknown[] | undefined;
    if (row === undefined) return [null, null];
    if (row.length !== find.width) {
      find = this.#find = prepareRows(this.#database, this.#findSql); // a column was added
    }
    row.splice(find.divider, 1);
    const session = find.shape.session(row, sessionId);
    return [session, find.shape.user(row, session)];
  }

  async getSessionAndUser(sessionId: string): Promise<SessionAndUser> {
    return this.findSession(sessionId);
  }

  async getUserSessions(userId: UserId): Promise<DatabaseSession[]> {
    const { statement, shape } = (this.#list ??= prepareRows(this.#database, this.#listSql));
    return statement.all(columnUser(userId)).map((row) => shape.session(row as unknown[]));
  }

  async setSession({ id, userId, expiresAt, attributes }: DatabaseSession): Promise<void> {
    const [names, values] = this.#columns(attributes);
    const user = userId === null ? null : columnUser(userId);
    const columns = ['id', 'user_id', 'expires_at', ...names.map(quote)];
    const places = columns.map(() => '?').join(', ');
    this.#run(
      `INSERT INTO ${this.#sessions} (${columns.join(', ')}) VALUES (${places})`,
      ...[this.#stored(id), user, unixSeconds(expiresAt), ...values],
    );
  }

  async updateSessionExpiration(sessionId: string, expiresAt: Date): Promise<void> {
    const end = unixSeconds(expiresAt);
    const sql = `UPDATE ${this.#sessions} SET expires_at = ? WHERE id = ?`;
    this.#run(sql, end, this.#stored(sessionId));
  }

  async updateSessionAttributes(sessionId: string, attributes: object): Promise<boolean> {
    const [names, values] = this.#columns(attributes);
    const changes = ['id = id', ...names.map((name) => `${quote(name)} = ?`)].join(', ');
    const sql = `UPDATE ${this.#sessions} SET ${changes} WHERE id = ?`;
    return this.#run(sql, ...values, this.#stored(sessionId)) > 0;
  }

  async deleteSession(sessionId: string): Promise<void> {
    const stored = this.#stored(sessionId);
    // A list shows hashes; what it shows can be ended, but opens nothing.
    const other = this.#hashed && /^[0-9a-f]{64}$/.test(sessionId) ? sessionId : stored;
    this.#run(`DELETE FROM ${this.#sessions} WHERE id IN (?, ?)`, stored, other);
  }

  async deleteUserSessions(userId: UserId): Promise<void> {
    this.#run(`DELETE FROM ${this.#sessions} WHERE user_id = ?`, columnUser(userId));
  }

  async deleteOtherSessions(userId: UserId, keep: string): Promise<void> {
    const sql = `DELETE FROM ${this.#sessions} WHERE user_id = ? AND id <> ?`;
    this.#run(sql, columnUser(userId), this.#stored(keep));
  }

  async deleteExpiredSessions(): Promise<void> {
    const now = Math.floor(Date.now() / 1000);
    this.#run(`DELETE FROM ${this.#sessions} WHERE expires_at <= ?`, now);
  }

  async addIndexes(): Promise<void> {
    for (const column of ['user_id', 'expires_at']) {
      const name = quote(`${this.#sessions.slice(1, -1)}_by_${column}`);
      this.#run(`CREATE INDEX IF NOT EXISTS ${name} ON ${this.#sessions} (${column})`);
    }
  }

  /** close does nothing: the connection is the program's. */
  async close(): Promise<void> {}

  // #columns refuses a name the table does not have, before it gets near a statement.
  #columns(attributes: object): [names: string[], values: unknown[]] {
    const [names, values] = toColumns(attributes);
    if (names.length === 0) return [names, values];
    const there = new Set(
      this.#database
        .prepare(`SELECT * FROM ${this.#sessions}`)
        .columns()
        .map((column) => column.name.toLowerCase()),
    );
    const unknown = names.find((name) => !there.has(name.toLowerCase()));
    if (unknown === undefined) return [names, values];
    const message = 'an attribute of the session has no column in the table of sessions';
    throw makeError('ERR_LATCHKEY_INVALID_ARGUMENT', message);
  }
}
