import { nativePostgres, type PostgresLucia, type TextRows } from 'latchkey/native';
import { makeError } from '../errors';
import type { DatabaseSession, RemoteAdapter, SessionAndUser, Tables } from './adapter';
import type { UserId } from './types';
import { userIdText } from '../arguments';
import { givenColumns, tablesOf } from './columns';
import { parseValue, timeText, valueText } from './postgres_values';

type Values = Record<string, unknown>;

function valuesOf(rows: TextRows, row: readonly (string | null)[], from: number, to: number) {
  const [, names, types] = rows;
  const values: Values = {};
  for (let i = from; i < to; i++) values[names[i]!] = parseValue(row[i] ?? null, types[i]!);
  return values;
}

function toSession(values: Values, id?: string): DatabaseSession {
  const { id: stored, user_id, expires_at, ...attributes } = values;
  return {
    id: id ?? (stored as string),
    userId: user_id as UserId,
    expiresAt: expires_at as Date,
    attributes,
  } as DatabaseSession;
}

class PostgresTables implements RemoteAdapter {
  readonly #url: string;
  readonly #tables: Required<Tables>;
  #open: Promise<PostgresLucia> | undefined;

  constructor(url: string, tables: Required<Tables>) {
    this.#url = url;
    this.#tables = tables;
  }

  // What failed to open is tried again by the next call.
  get #handle(): Promise<PostgresLucia> {
    const { session, user, hashed } = this.#tables;
    this.#open ??= nativePostgres()
      .open_lucia(this.#url, session, user, hashed)
      .catch((error: unknown) => {
        this.#open = undefined;
        throw error;
      });
    return this.#open;
  }

  async getSessionAndUser(sessionId: string): Promise<SessionAndUser> {
    const rows = await nativePostgres().lucia_find(await this.#handle, sessionId);
    const [sessionColumns, names, , row] = rows;
    if (row === undefined) return [null, null];
    const session = toSession(valuesOf(rows, row, 0, sessionColumns), sessionId);
    // A column divides the two.
    const { id, ...attributes } = valuesOf(rows, row, sessionColumns + 1, names.length);
    return [session, id === null ? null : ({ id, attributes } as SessionAndUser[1])];
  }

  async getUserSessions(userId: UserId): Promise<DatabaseSession[]> {
    const rows = await nativePostgres().lucia_list(await this.#handle, userIdText(userId));
    const [columns, , , ...found] = rows;
    return found.map((row) => toSession(valuesOf(rows, row, 0, columns)));
  }

  async setSession({ id, userId, expiresAt, attributes }: DatabaseSession): Promise<void> {
    const [names, values] = toTexts(attributes);
    const end = timeText(expiresAt);
    const open = await this.#handle;
    const user = userId === null ? null : userIdText(userId);
    await nativePostgres().lucia_insert(open, id, user, end, names, values);
  }

  async updateSessionExpiration(sessionId: string, expiresAt: Date): Promise<void> {
    await nativePostgres().lucia_extend(await this.#handle, sessionId, timeText(expiresAt));
  }

  async updateSessionAttributes(sessionId: string, attributes: object): Promise<boolean> {
    const [names, values] = toTexts(attributes);
    return nativePostgres().lucia_update(await this.#handle, sessionId, names, values);
  }

  async deleteSession(sessionId: string): Promise<void> {
    await nativePostgres().lucia_remove(await this.#handle, sessionId);
  }

  async deleteUserSessions(userId: UserId): Promise<void> {
    await nativePostgres().lucia_remove_user(await this.#handle, userIdText(userId), '');
  }

  async deleteOtherSessions(userId: UserId, keep: string): Promise<void> {
    await nativePostgres().lucia_remove_user(await this.#handle, userIdText(userId), keep);
  }

  async deleteExpiredSessions(): Promise<void> {
    await nativePostgres().lucia_remove_expired(await this.#handle, timeText(new Date()));
  }

  async addIndexes(): Promise<void> {
    await nativePostgres().lucia_add_indexes(await this.#handle);
  }

  async close(): Promise<void> {
    const open = this.#open;
    this.#open = undefined;
    if (open !== undefined) nativePostgres().close_lucia(await open);
  }
}

function toTexts(attributes: object): [names: string[], values: (string | null)[]] {
  const given = givenColumns(attributes);
  return [given.map(([name]) => name), given.map(([, value]) => valueText(value))];
}

/**
 * postgres opens Lucia's tables in a PostgreSQL database, as they are: `user_session` and
 * `auth_user` unless told otherwise; a name with a dot is schema-qualified. Values are what the
 * package `pg` makes of them. Needs the system's libpq (Debian: libpq5).
 */
export function postgres(url: string, tables: Tables = {}): RemoteAdapter {
  if (typeof url !== 'string' || !/^postgres(?:ql)?:/.test(url)) {
    const message =
      'postgres(url): a URL such as postgres://app@localhost/app; for a Pool or a client of pg ' +
      "take Lucia's own @lucia-auth/adapter-postgresql, which works here, too";
    throw makeError('ERR_LATCHKEY_BAD_CONFIG', message);
  }
  return new PostgresTables(url, tablesOf(tables, 'auth_user', 'user_session'));
}
