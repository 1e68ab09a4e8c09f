/** A duration: text such as `'15m'`, `'12h'`, `'30d'`, or a whole number of seconds. */
export type Duration = number | `${number}${'ms' | 's' | 'm' | 'h' | 'd' | 'w'}`;

export type CarrierName = 'stored' | 'encrypted_id' | 'hybrid' | 'sealed' | 'signed';
export type PresetName = 'default' | 'lucia' | 'aal1' | 'aal2' | 'aal3' | 'high_value';
export type Attributes = Record<string, unknown>;

/** An id of a user: text, or a finite number or bigint, which is kept as its text. */
export type UserIdLike = string | number | bigint;

export interface CookieAttributes {
  name?: string;
  secure?: boolean;
  sameSite?: 'lax' | 'strict' | 'none';
  path?: string;
  domain?: string;
  partitioned?: boolean;
  /** Where an earlier configuration wrote the cookie: log-in and log-out delete it there, too. */
  former?: readonly { domain?: string; path?: string }[];
}

export interface SessionsOptions {
  /**
   * `sqlite:PATH`, `memory:NAME`, `redis://...` (also `rediss`, `redis+unix`, `redis+cluster`) or
   * `postgres://...`. A path without a scheme is an SQLite file; it has a `/` or an ending.
   */
  store: string;
  /** How a session travels; `stored` unless told otherwise. */
  carrier?: CarrierName;
  /**
   * Secrets for every carrier but `stored`, newest first: the first writes, the others read. In one
   * text they are separated by commas, so a secret holds neither commas nor blanks.
   */
  secret?: string | readonly string[];
  /** Where browsers reach the application: decides the cookie's name and Secure. */
  publicUrl?: string;
  cookie?: CookieAttributes;
  preset?: PresetName;
  idle?: Duration;
  absolute?: Duration;
  sliding?: boolean;
  /** The cookie survives the browser's restart. */
  persistent?: boolean;
  /** Also the cookie slides; by default only the row does. */
  renewCookie?: boolean;
  lastSeenEvery?: Duration;
  browserIdle?: Duration;
  browserAbsolute?: Duration;
  guest?: Duration;
  maxPerUser?: number;
  guestsPerMinute?: number;
  /** Life of a hybrid's snapshot. */
  snapshot?: Duration;
  maxChunks?: number;
  /**
   * What `sealed` and `hybrid` write. 2 once no process runs, or may come back, that reads only 1:
   * then `revision` is ordered with `sealed`, too.
   */
  sealFormat?: 1 | 2;
  touchEvery?: Duration;
  /** How long events are kept (90 days); 0: none are written. */
  eventRetention?: Duration;
  /**
   * Binds sessions to a key of the browser, so that copied cookies are worth nothing: `prefer` where
   * the browser can, `require` everywhere. Needs https and routes that answer; default `off`.
   */
  deviceBinding?: 'off' | 'prefer' | 'require';
  /** How long a bound session works before the browser must prove its key again; at most `10m`. */
  boundCookieLife?: Duration;
  /** The path, as browsers see it, below which `/register` and `/refresh` answer. */
  deviceRoutes?: string;
}

export interface Session {
  id: string;
  /** null for a guest. */
  userId: string | null;
  createdAt: Date;
  /** The last proof of identity. */
  authenticatedAt: Date;
  lastSeenAt: Date;
  idleExpiresAt: Date;
  absoluteExpiresAt: Date;
  level: number;
  persistent: boolean;
  userAgent: string;
  address: string;
  attributes: Attributes;
  /** Grows with every change of the attributes or the level, with every carrier. */
  revision: number;
  /** @deprecated The same as `revision`. */
  version: number;
}

export interface User {
  id: string;
  username: string;
  attributes: Attributes;
  createdAt: Date;
}

export interface Validation {
  /** `expired` and `revoked` are told only to the holder of the right secret. */
  state: 'none' | 'expired' | 'revoked' | 'active';
  session: Session | null;
  user: User | null;
  /** The cookie should be written again; `token` is what to write. */
  fresh: boolean;
  token: string | null;
  /** Do not blank the cookie: its key may not have reached this process yet. */
  keepCookie: boolean;
  fromSnapshot: boolean;
}

export interface ValidateOptions {
  /** Counts as activity; true unless told otherwise. */
  touch?: boolean;
  withUser?: boolean;
  /** Ask the store and no cache. */
  fresh?: boolean;
  /** A hybrid's snapshot may answer; for reads only. */
  snapshotOk?: boolean;
}

export interface CreateOptions {
  attributes?: Attributes;
  userAgent?: string | null;
  address?: string | null;
  /** false: ends with the browser and lives shorter. */
  remember?: boolean;
  level?: number;
}

export interface NewSession {
  /** For the cookie, and for nobody but the client. */
  token: string;
  session: Session;
}

/** A session after a change. A `token` must be written as its new cookie. */
export interface Updated {
  token: string | null;
  session: Session;
}

export interface SessionPage {
  sessions: Session[];
  /** What to give as `after` for the next page; empty: that was all. */
  next: string;
}

/** What happened, by the names of docs/events.md. */
export type EventKind =
  | 'log_in'
  | 'log_in_failed'
  | 'log_out'
  | 'session_revoked'
  | 'session_rotated'
  | 'session_evicted'
  | 'session_expired'
  | 'sign_up'
  | 'password_changed'
  | 'password_reset'
  | 'email_verified'
  | 'limit_reached'
  | 'user_disabled'
  | 'user_enabled'
  | 'user_deleted'
  | 'reauthenticated'
  | 'secret_requested'
  | 'device_bound'
  | 'device_refreshed'
  | 'device_refused';

/** One entry of a user's recent activity. */
export interface AccountEvent {
  id: string;
  at: Date;
  kind: EventKind;
  /** The session's public id, where the event is about one. */
  sessionId: string | null;
  /** A short name, such as `operator` or `new_device`; empty for a failed log-in: why is for operators. */
  reason: string;
  userAgent: string;
  /** Empty: not known, or removed after 30 days. */
  address: string;
  requestId: string;
}

export interface EventPage {
  /** Newest first. A page may be short and still have a `next`. */
  events: AccountEvent[];
  /** What to give as `after` for the next page; empty: that was all. */
  next: string;
}

/** Which events a call is to return. */
export interface EventOptions {
  /** The `next` of the page before. */
  after?: string;
  /** At most 1000; 50 when it is left out. */
  limit?: number;
}

/**
 * Names a session: the token its client holds, what a validation or a list returned, or `{ id }`.
 * Text is always a token. Ids are public, so one that came from a client is no proof of anything:
 * ask whose session it is before `{ id }` is changed.
 */
export type SessionRef = string | Session | { readonly id: string };
