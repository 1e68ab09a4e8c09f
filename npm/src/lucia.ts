import { makeError } from './errors';
import type { Adapter, DatabaseSession, NativeAdapter, SessionAndUser } from './lucia/adapter';
import { checkAttributes, checkSessionId, checkUserId } from './lucia/columns';
import { Cookie, findBearer, findCookie, TimeSpan } from './lucia/cookie';
import type { CookieAttributes } from './lucia/cookie';
import { generateIdFromEntropySize } from './lucia/crypto';
import { makeTimedId, Pending, readTimedId } from './lucia/id';
import type {
  Register,
  RegisteredDatabaseSessionAttributes,
  RegisteredDatabaseUserAttributes,
  UserId,
} from './lucia/types';

export { Cookie, TimeSpan, verifyRequestOrigin } from './lucia/cookie';
export type { CookieAttributes, TimeSpanUnit } from './lucia/cookie';
export { generateId, generateIdFromEntropySize, LegacyScrypt, Scrypt } from './lucia/crypto';
export type { PasswordHashingAlgorithm } from './lucia/crypto';
export { postgres } from './lucia/postgres';
export { redis } from './lucia/redis';
export type { RedisOptions } from './lucia/redis';
export { sqlite } from './lucia/sqlite';
export * from './lucia/types';
export type { Database } from './lucia/better_sqlite3';
export type {
  Adapter,
  DatabaseSession,
  DatabaseUser,
  NativeAdapter,
  RemoteAdapter,
  Tables,
} from './lucia/adapter';

export type RegisteredLucia = Register extends { Lucia: infer Registered }
  ? Registered extends Lucia<any, any>
    ? Registered
    : Lucia
  : Lucia;
type SessionAttributes = RegisteredLucia extends Lucia<infer Attributes, any> ? Attributes : {};
type UserAttributes = RegisteredLucia extends Lucia<any, infer Attributes> ? Attributes : {};

export interface Session extends SessionAttributes {
  id: string;
  expiresAt: Date;
  /** The cookie should be written again. */
  fresh: boolean;
  userId: UserId;
}

export interface User extends UserAttributes {
  id: UserId;
}

/** A session that nobody has logged in to. */
export type GuestSession = Omit<Session, 'userId'>;

export interface SessionCookieAttributesOptions {
  sameSite?: 'lax' | 'strict' | 'none';
  domain?: string;
  path?: string;
  secure?: boolean;
}

export interface SessionCookieOptions {
  name?: string;
  /** false: the cookie lives 400 days, the most browsers keep, whatever the session does. */
  expires?: boolean;
  attributes?: SessionCookieAttributesOptions;
}

export interface LuciaOptions<SessionOut extends {} = {}, UserOut extends {} = {}> {
  /** Life of a session, given again past its half; 30 days unless told otherwise. */
  sessionExpiresIn?: TimeSpan;
  /** A session made from now on ends this long after its login, whatever happens. */
  absoluteExpiresIn?: TimeSpan;
  sessionCookie?: SessionCookieOptions;
  /** The user whose id guest sessions have, for tables that demand one. */
  guestUserId?: UserId;
  getSessionAttributes?: (attributes: RegisteredDatabaseSessionAttributes) => SessionOut;
  getUserAttributes?: (attributes: RegisteredDatabaseUserAttributes) => UserOut;
}

export interface ValidateSessionOptions {
  /** false: only look, and write nothing. */
  touch?: boolean;
  /** false: a session is enough; `user` is then null. */
  user?: boolean;
}

type Validated = { user: User; session: Session };
type NotValidated = { user: null; session: null };

const LONGEST_COOKIE = new TimeSpan(400, 'd');

// A limit that is no number would never be reached.
function lifeOf(option: string, span: TimeSpan): number {
  const life = span.milliseconds();
  if (life >= 0 && life < Infinity) return life;
  throw makeError('ERR_LATCHKEY_BAD_CONFIG', `${option}: a time span that is a number is expected`);
}

// copied is `{ ...values }`: what a spread makes, V8 builds anew for each member that follows.
const copied = (values: {}): {} => Object.assign({}, values);

/** Sessions as Lucia 3 manages them; docs/npm/lucia.md lists what differs, on purpose. */
export class Lucia<
  _SessionAttributes extends {} = Record<never, never>,
  _UserAttributes extends {} = Record<never, never>,
> {
  readonly sessionCookieName: string;
  private readonly adapter: Adapter & Partial<NativeAdapter>;
  private readonly lifetime: number;
  private readonly absolute: number;
  private readonly cookieAttributes: CookieAttributes;
  private readonly cookieExpires: boolean;
  private readonly guestUserId: UserId | null;
  private readonly sessionOf: (attributes: RegisteredDatabaseSessionAttributes) => {};
  private readonly userOf: (attributes: RegisteredDatabaseUserAttributes) => {};
  private readonly pending = new Pending();

  constructor(adapter: Adapter, given?: LuciaOptions<_SessionAttributes, _UserAttributes> | null) {
    const options: LuciaOptions<_SessionAttributes, _UserAttributes> = given ?? {};
    const { name, expires, attributes } = options.sessionCookie ?? {};
    this.adapter = adapter;
    this.lifetime = lifeOf('sessionExpiresIn', options.sessionExpiresIn ?? new TimeSpan(30, 'd'));
    const absolute = options.absoluteExpiresIn;
    this.absolute = absolute ? lifeOf('absoluteExpiresIn', absolute) : Infinity;
    this.sessionCookieName = name ?? 'auth_session';
    this.cookieExpires = expires !== false;
    const defaults = { httpOnly: true, secure: true, sameSite: 'lax', path: '/' } as const;
    this.cookieAttributes = { ...defaults, ...attributes };
    this.guestUserId = options.guestUserId ?? null;
    this.sessionOf = options.getSessionAttributes || (() => ({}));
    this.userOf = options.getUserAttributes || (() => ({}));
  }

  /** createSession makes a session; with `expiresIn` it has a lifetime of its own. */
  async createSession(
    userId: UserId,
    attributes: RegisteredDatabaseSessionAttributes,
    options?: { sessionId?: string; expiresIn?: TimeSpan } | null,
  ): Promise<Session> {
    checkUserId(userId);
    const session = await this.store(userId, attributes, options ?? {});
    return this.present(session, true);
  }

  /**
   * validateSession looks a session up, ends it when its time is over and moves its end past half of
   * its life. Whatever a client can send is an ordinary value and throws nothing.
   */
  async validateSession(sessionId: string): Promise<Validated | NotValidated>;
  async validateSession(
    sessionId: string,
    options: ValidateSessionOptions & { user: false },
  ): Promise<{ user: null; session: Session | null }>;
  async validateSession(
    sessionId: string,
    options: ValidateSessionOptions,
  ): Promise<Validated | NotValidated>;
  async validateSession(
    sessionId: string,
    options: ValidateSessionOptions = {},
  ): Promise<{ user: User | null; session: Session | null }> {
    const touch = options.touch !== false;
    const wanted = options.user !== false;
    // A native adapter answers at once, and nothing below waits unless something is written.
    const pair = this.find(sessionId);
    const [found, user] = Array.isArray(pair) ? pair : await pair;
    if (found === null || this.isGuest(found)) return { session: null, user: null };
    const now = Date.now();
    if ((wanted && user === null) || now >= this.endOf(found)) {
      if (touch) await this.drop(found.id);
      return { session: null, user: null };
    }
    const expiresAt = touch ? this.renewedEnd(found, now) : null;
    if (expiresAt !== null) await this.extend(found, expiresAt);
    const session = this.found(found, touch);
    if (!wanted || user === null) return { session, user: null };
    const shown = copied(this.userOf(user.attributes)) as User;
    shown.id = user.id;
    return { session, user: shown };
  }

  /** getUserSessions returns the live sessions of a user; it deletes nothing. */
  async getUserSessions(userId: UserId): Promise<Session[]> {
    checkUserId(userId);
    const sessions = await this.adapter.getUserSessions(userId);
    const live = sessions.filter((session) => Date.now() < this.endOf(session));
    return live.map((session) => this.present(session, false));
  }

  async invalidateSession(sessionId: string): Promise<void> {
    checkSessionId(sessionId);
    await this.drop(sessionId);
  }

  async invalidateUserSessions(userId: UserId): Promise<void> {
    checkUserId(userId);
    await this.adapter.deleteUserSessions(userId);
  }

  /** invalidateOtherSessions ends every session of a user but `keep`. */
  async invalidateOtherSessions(userId: UserId, keep: string): Promise<void> {
    checkUserId(userId);
    checkSessionId(keep);
    if (this.adapter.deleteOtherSessions) {
      await this.adapter.deleteOtherSessions(userId, keep);
      return;
    }
    const others = (await this.adapter.getUserSessions(userId)).filter(({ id }) => id !== keep);
    for (const { id } of others) await this.adapter.deleteSession(id);
  }

  /** updateSession changes attributes of a session. False: there is none. */
  async updateSession(
    sessionId: string,
    attributes: Partial<RegisteredDatabaseSessionAttributes>,
  ): Promise<boolean> {
    if (!this.adapter.updateSessionAttributes) {
      const message = 'this adapter cannot change attributes: use one of latchkey/lucia';
      throw makeError('ERR_LATCHKEY_UNSUPPORTED', message, 501);
    }
    checkSessionId(sessionId);
    return this.adapter.updateSessionAttributes(sessionId, attributes as object);
  }

  async deleteExpiredSessions(): Promise<void> {
    await this.adapter.deleteExpiredSessions();
  }

  /** createGuestSession makes a session that is no login: validateSession does not accept it. */
  async createGuestSession(
    attributes: RegisteredDatabaseSessionAttributes,
    options: { expiresIn?: TimeSpan } = {},
  ): Promise<GuestSession> {
    const { userId: _, ...guest } = this.present(
      await this.store(this.guestUserId as UserId, attributes, options),
      true,
    );
    return guest as GuestSession;
  }

  /** validateGuestSession returns a live guest session, or null. */
  async validateGuestSession(sessionId: string): Promise<GuestSession | null> {
    const [found] = await this.find(sessionId);
    const now = Date.now();
    if (found === null || !this.isGuest(found) || now >= this.endOf(found)) return null;
    const expiresAt = this.renewedEnd(found, now);
    if (expiresAt !== null) await this.extend(found, expiresAt);
    const { userId: _, ...guest } = this.found(found, true);
    return guest as GuestSession;
  }

  /** attachGuestSession turns a guest's session into one of `userId`, under a new id. */
  async attachGuestSession(
    sessionId: string,
    userId: UserId,
    attributes: RegisteredDatabaseSessionAttributes,
  ): Promise<Session | null> {
    checkUserId(userId);
    if ((await this.validateGuestSession(sessionId)) === null) return null;
    const session = await this.createSession(userId, attributes);
    await this.drop(sessionId);
    return session;
  }

  /** readSessionCookie returns the session's id in a Cookie header, or null. */
  readSessionCookie(cookieHeader: string): string | null {
    return findCookie(cookieHeader ?? '', this.sessionCookieName);
  }

  readBearerToken(authorizationHeader: string): string | null {
    return findBearer(authorizationHeader);
  }

  createSessionCookie(sessionId: string): Cookie {
    checkSessionId(sessionId);
    const timed = readTimedId(sessionId);
    let life = timed?.lifetime || this.lifetime;
    if (timed !== null) life = Math.min(life, timed.createdAt + this.absolute - Date.now());
    if (!this.cookieExpires) life = LONGEST_COOKIE.milliseconds();
    return this.cookie(sessionId, life / 1000, () => this.pending.remove(sessionId));
  }

  createBlankSessionCookie(): Cookie {
    return new Cookie(this.sessionCookieName, '', { ...this.cookieAttributes, maxAge: 0 });
  }

  // Max-Age is read by whatever really writes the cookie, and by nothing that refuses to.
  private cookie(value: string, maxAge: number, written: () => void): Cookie {
    const attributes: CookieAttributes = { ...this.cookieAttributes };
    Object.defineProperty(attributes, 'maxAge', {
      enumerable: true,
      configurable: true,
      get() {
        written();
        return maxAge;
      },
      set(value: number) {
        Object.defineProperty(attributes, 'maxAge', { value, writable: true });
      },
    });
    return new Cookie(this.sessionCookieName, value, attributes);
  }

  private find(sessionId: unknown): SessionAndUser | Promise<SessionAndUser> {
    if (typeof sessionId !== 'string' || sessionId === '') return [null, null];
    if (this.adapter.findSession) return this.adapter.findSession(sessionId);
    return this.adapter.getSessionAndUser(sessionId);
  }

  private async store(
    userId: UserId,
    attributes: RegisteredDatabaseSessionAttributes,
    { sessionId, expiresIn }: { sessionId?: string; expiresIn?: TimeSpan },
  ): Promise<DatabaseSession> {
    checkAttributes(attributes ?? {});
    const timed = expiresIn !== undefined || this.absolute !== Infinity;
    if (sessionId !== undefined) checkSessionId(sessionId);
    if (sessionId === '' || (timed && sessionId !== undefined)) {
      const message = 'sessionId: text, and not together with expiresIn or absoluteExpiresIn';
      throw makeError('ERR_LATCHKEY_INVALID_ARGUMENT', message, 400);
    }
    const now = Date.now();
    const lifetime = expiresIn?.milliseconds() ?? 0;
    const own = () => makeTimedId({ createdAt: now, lifetime });
    const id = sessionId ?? (timed ? own() : generateIdFromEntropySize(25));
    const end = now + Math.min(lifetime || this.lifetime, this.absolute);
    const stored = { id, userId, expiresAt: new Date(end), attributes: attributes ?? {} };
    await this.adapter.setSession(stored);
    return stored;
  }

  // present gives a session the form the application sees; its own attributes come last.
  private present(session: DatabaseSession, fresh: boolean): Session {
    const { id, userId, expiresAt, attributes } = session;
    const core = { id, userId, fresh, expiresAt };
    return { ...core, ...this.sessionOf(attributes) } as Session;
  }

  private isGuest({ userId }: DatabaseSession): boolean {
    return userId === null || (this.guestUserId !== null && userId === this.guestUserId);
  }

  // endOf is when a session ends at the latest: what the row says, but not past the absolute limit.
  private endOf({ id, expiresAt }: DatabaseSession): number {
    if (this.absolute === Infinity) return expiresAt.getTime();
    const timed = readTimedId(id);
    return Math.min(expiresAt.getTime(), timed ? timed.createdAt + this.absolute : Infinity);
  }

  private async drop(sessionId: string): Promise<void> {
    this.pending.remove(sessionId);
    await this.adapter.deleteSession(sessionId);
  }

  // renewedEnd is where the end of a live session moves now, or null when it stays.
  private renewedEnd({ id, expiresAt }: DatabaseSession, now: number): Date | null {
    const timed = readTimedId(id);
    const life = timed?.lifetime || this.lifetime;
    if (now < expiresAt.getTime() - life / 2) return null;
    const end = Math.min(now + life, timed ? timed.createdAt + this.absolute : Infinity);
    return end > expiresAt.getTime() ? new Date(end) : null;
  }

  private async extend(found: DatabaseSession, expiresAt: Date): Promise<void> {
    await this.adapter.updateSessionExpiration(found.id, expiresAt);
    this.pending.add(found.id);
    found.expiresAt = expiresAt;
  }

  // found gives a validated session its form; here its own attributes come first.
  private found({ id, userId, expiresAt, attributes }: DatabaseSession, touch: boolean): Session {
    const session = copied(this.sessionOf(attributes)) as Session;
    session.id = id;
    session.userId = userId;
    session.fresh = touch && this.pending.has(id);
    session.expiresAt = expiresAt;
    return session;
  }
}
