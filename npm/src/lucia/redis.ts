import { native } from 'latchkey/native';
import { makeError } from '../errors';
import type {
  DatabaseSession,
  DatabaseUser,
  RemoteAdapter,
  SessionAndUser,
} from './adapter';
import type { UserId } from './types';
import { checkOptions, userIdText } from '../arguments';
import { givenColumns } from './columns';

export interface RedisOptions {
  /**
   * Finds the attributes of a user, who stands in a database of yours; null: there is none. Left
   * out, users are those of the store (`accounts` of the main entry, `latchkey serve`), with
   * `username` and their own attributes.
   */
  user?: (userId: string) => Promise<object | null> | object | null;
}

// Times are texts in JSON; what is no JSON is refused there.
function toJson(attributes: object): string {
  return JSON.stringify(Object.fromEntries(givenColumns(attributes)));
}

function toSession(
  id: string,
  userId: string | null,
  expiresAt: number,
  attributes: string,
): DatabaseSession {
  return {
    id,
    userId,
    expiresAt: new Date(expiresAt),
    attributes: JSON.parse(attributes || '{}'),
  } as DatabaseSession;
}

class RedisSessions implements RemoteAdapter {
  readonly #url: string;
  readonly #user: RedisOptions['user'];

  constructor(url: string, { user }: RedisOptions) {
    this.#url = url;
    this.#user = user;
  }

  async getSessionAndUser(sessionId: string): Promise<SessionAndUser> {
    const own = this.#user === undefined;
    const found = await native().lucia_store_find(this.#url, sessionId, own, false);
    if (found === null) return [null, null];
    const [userId, expiresAt, attributes, , username, userAttributes] = found;
    const session = toSession(sessionId, userId, expiresAt, attributes);
    if (userId === null) return [session, null];
    if (own) {
      if (username === null) return [session, null];
      const more = JSON.parse(userAttributes || '{}') as object;
      return [session, { id: userId, attributes: { ...more, username } } as DatabaseUser];
    }
    const given = await this.#user?.(userId);
    return [session, given ? ({ id: userId, attributes: given } as DatabaseUser) : null];
  }

  async getUserSessions(userId: UserId): Promise<DatabaseSession[]> {
    const rows = await native().lucia_store_list(this.#url, userIdText(userId), Date.now());
    return rows.map(([id, end, attributes]) => toSession(id, userIdText(userId), end, attributes));
  }

  async setSession({ id, userId, expiresAt, attributes }: DatabaseSession): Promise<void> {
    const user = userId === null ? null : userIdText(userId);
    const [end, now] = [expiresAt.getTime(), Date.now()];
    await native().lucia_store_insert(this.#url, id, user, end, toJson(attributes), now);
  }

  async updateSessionExpiration(sessionId: string, expiresAt: Date): Promise<void> {
    const end = expiresAt.getTime();
    await ifThere(native().lucia_store_extend(this.#url, sessionId, end, Date.now()));
  }

  async updateSessionAttributes(sessionId: string, attributes: object): Promise<boolean> {
    for (;;) {
      const found = await native().lucia_store_find(this.#url, sessionId, false, true);
      if (found === null) return false;
      const [, , before, version] = found;
      const patch = Object.fromEntries(givenColumns(attributes));
      const after = JSON.stringify({ ...(JSON.parse(before || '{}') as object), ...patch });
      const now = Date.now();
      const status = await native().lucia_store_replace(this.#url, sessionId, after, version, now);
      if (status !== 'conflict') return status === 'replaced';
    }
  }

  async deleteSession(sessionId: string): Promise<void> {
    await ifThere(native().lucia_store_remove(this.#url, sessionId, Date.now()));
  }

  async deleteUserSessions(userId: UserId): Promise<void> {
    await native().lucia_store_remove_user(this.#url, userIdText(userId), null, Date.now());
  }

  async deleteOtherSessions(userId: UserId, keep: string): Promise<void> {
    await native().lucia_store_remove_user(this.#url, userIdText(userId), keep, Date.now());
  }

  async deleteExpiredSessions(): Promise<void> {
    await native().lucia_store_prune(this.#url, Date.now());
  }

  /** addIndexes does nothing: the store keeps its own. */
  async addIndexes(): Promise<void> {}

  /** close does nothing: the store is shared by the whole program. */
  async close(): Promise<void> {}
}

// What names no session changes none.
async function ifThere(change: Promise<unknown>): Promise<void> {
  try {
    await change;
  } catch (error) {
    if ((error as { code?: string }).code !== 'ERR_LATCHKEY_NOT_FOUND') throw error;
  }
}

/**
 * redis keeps Lucia's sessions in Redis or Redis Cluster, which Lucia 3 has no tables for: in the
 * store of the main entry, with a hash of each id. `getUserSessions` shows public names (`lko_...`)
 * as ids; they can be given to `invalidateSession`, and open nothing. Ids of users are text.
 */
export function redis(url: string, options: RedisOptions = {}): RemoteAdapter {
  checkOptions(options);
  if (typeof url !== 'string' || !/^rediss?(\+unix|\+cluster)?:/.test(url)) {
    throw makeError('ERR_LATCHKEY_BAD_CONFIG', 'redis(url): a URL such as redis://localhost');
  }
  return new RedisSessions(url, options);
}
