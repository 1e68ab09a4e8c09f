import { makeError } from '../errors';
import { checkOptions, flagOf, invalid, textOf, userIdText } from '../arguments';
import { isDate, isPlainObject } from '../realm';
import type { DatabaseSession, DatabaseUser, Tables } from './adapter';

const RESERVED = new Set(['id', 'user_id', 'expires_at']);

/** unixSeconds is a time as Lucia's SQLite tables hold it. */
export function unixSeconds(date: Date): number {
  return Math.floor(date.getTime() / 1000);
}

/** checkAttributes refuses names that would overwrite what identifies and ends a session. */
export function checkAttributes(attributes: object): void {
  for (const name of Object.keys(attributes)) {
    if (!RESERVED.has(name.toLowerCase())) continue;
    const message = `a session's attributes cannot name ${[...RESERVED].join(', ')}`;
    throw makeError('ERR_LATCHKEY_INVALID_ARGUMENT', message);
  }
}

/** checkUserId refuses what names no user in any database. Adapters may have ids of other kinds. */
export function checkUserId(userId: unknown): void {
  const other = typeof userId === 'object' && !Array.isArray(userId) && !isPlainObject(userId);
  if (!other || userId === null) userIdText(userId);
}

/** checkSessionId refuses what is no text. */
export function checkSessionId(sessionId: unknown): void {
  if (typeof sessionId !== 'string') throw invalid('sessionId', 'text', sessionId);
}

/** columnUser is the id of a user as our own adapters take it. */
export function columnUser(userId: unknown): string | number | bigint {
  userIdText(userId);
  return userId as string | number | bigint;
}

/** tablesOf completes the names of the tables. A flag that is none would keep plain ids. */
export function tablesOf(tables: Tables, user: string, session: string): Required<Tables> {
  checkOptions(tables, 'tables');
  const named = { user: tables.user ?? user, session: tables.session ?? session };
  return {
    user: textOf(named.user, 'tables.user'),
    session: textOf(named.session, 'tables.session'),
    hashed: flagOf(tables.hashed, 'tables.hashed'),
  };
}

/** givenColumns lists attributes; what is undefined is left to the column's default. */
export function givenColumns(attributes: object): [name: string, value: unknown][] {
  checkAttributes(attributes);
  return Object.entries(attributes).filter(([, value]) => value !== undefined);
}

/** toColumns turns attributes into columns of SQLite. */
export function toColumns(attributes: object): [names: string[], values: unknown[]] {
  const given = givenColumns(attributes);
  const values = given.map(([, value]) => {
    if (typeof value === 'boolean') return value ? 1 : 0;
    return isDate(value) ? unixSeconds(value) : value;
  });
  return [given.map(([name]) => name), values];
}

type Row = readonly unknown[];
const NEVER = new Date(0);

interface Place {
  name: string;
  at: number;
}

/** Shape reads rows of one statement: the session's columns, then the user's. */
export class Shape {
  readonly #session: Place[] = [];
  readonly #user: Place[] = [];

  /** A row's columns begin `at`; `withoutId` is one that leaves the session's id out. */
  constructor(
    names: readonly string[],
    sessionColumns: number,
    { at = 0, withoutId = false }: { at?: number; withoutId?: boolean } = {},
  ) {
    names.forEach((name, i) => {
      if (i >= sessionColumns) this.#user.push({ name, at: at++ });
      else if (name !== 'id' || !withoutId) this.#session.push({ name, at: at++ });
    });
  }

  /** session reads a session, whose `id` is given where the table holds something else. */
  session(row: Row, id?: string): DatabaseSession {
    const attributes: Record<string, unknown> = {};
    const session = { id: id as string, userId: '', expiresAt: NEVER, attributes };
    const places = this.#session;
    for (let i = 0; i < places.length; ++i) {
      const { name, at } = places[i] as Place;
      const value = row[at];
      if (name === 'id') session.id ??= value as string;
      else if (name === 'user_id') session.userId = value as string;
      else if (name === 'expires_at') session.expiresAt = new Date((value as number) * 1000);
      else attributes[name] = value;
    }
    return session as DatabaseSession;
  }

  /** user reads the user of `session`; null when the columns say that there is none. */
  user(row: Row, session: DatabaseSession): DatabaseUser | null {
    const attributes: Record<string, unknown> = {};
    const user = { id: null as unknown, attributes };
    const places = this.#user;
    for (let i = 0; i < places.length; ++i) {
      const { name, at } = places[i] as Place;
      const value = row[at];
      if (name === 'id') user.id = value === true ? session.userId : value;
      else attributes[name] = value;
    }
    return user.id === null ? null : (user as DatabaseUser);
  }
}
