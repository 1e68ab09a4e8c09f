// The types of iron-session 9, under its names, and what is added.

import type { IncomingMessage, ServerResponse } from 'node:http';

/** One password, or passwords by number: the greatest number seals, all of them open. */
export type Password = string | Record<string, string>;

/** The attributes of the cookie. */
export interface CookieOptions {
  domain?: string | undefined;
  path?: string | undefined;
  expires?: Date | undefined;
  /** Seconds. Given as `undefined`: the cookie ends with the browser, and its seal never does. */
  maxAge?: number | undefined;
  httpOnly?: boolean | undefined;
  secure?: boolean | undefined;
  partitioned?: boolean | undefined;
  priority?: 'low' | 'medium' | 'high' | undefined;
  sameSite?: boolean | 'lax' | 'strict' | 'none' | undefined;
}

/** Why a cookie did not open. To a client every reason looks the same. */
export type UnsealErrorReason = 'expired' | 'invalid' | 'unknown-password';

/** Where ended sessions are remembered. */
export interface Revocations {
  /** Remembers `key` until `until`, in milliseconds since the epoch. */
  deny(key: string, until: number): void | Promise<void>;
  isDenied(key: string): boolean | Promise<boolean>;
}

export interface SealOptions {
  password: Password;
  /** Seconds a seal lives, 14 days unless said otherwise; 0: for ever. */
  ttl?: number;
  /** Which iron-session to behave like: 9, unless said otherwise. */
  version?: 8 | 9;
}

export interface UnsealOptions extends SealOptions {
  onUnsealError?: (reason: UnsealErrorReason, error: unknown) => void;
}

export interface SessionOptions extends UnsealOptions {
  cookieName: string;
  cookieOptions?: CookieOptions;
  /** Spreads a session over up to four cookies when it does not fit one. */
  chunk?: boolean;
  /**
   * Makes `destroy` end the session for every copy of its cookie: "sqlite:PATH" or another store
   * of latchkey, or an object of your own. Only sessions with a ttl can be ended so.
   */
  store?: string | Revocations;
}

/** A session: your data, and what can be done with it. */
export type IronSession<T> = Partial<T> & {
  /** Seals the data and writes the cookie. */
  readonly save: () => Promise<void>;
  /**
   * Empties the session and removes the cookie. With `store` the session is over when the promise
   * resolves; without, there is nothing to wait for.
   */
  readonly destroy: () => Promise<void>;
  /** Changes the options; the next `save` follows them. */
  readonly updateConfig: (options: SessionOptions) => void;
};

/** What Next.js's `cookies()` gives, as far as it is needed. */
export interface CookieStore {
  get: (name: string) => { name: string; value: string } | undefined;
  getAll?: () => { name: string; value: string }[];
  set: (name: string, value: string, options: Partial<ResponseCookie>) => unknown;
}
export interface ResponseCookie {
  name: string;
  value: string;
  domain?: string;
  path?: string;
  expires?: number | Date;
  maxAge?: number;
  httpOnly?: boolean;
  secure?: boolean;
  partitioned?: boolean;
  priority?: 'low' | 'medium' | 'high';
  sameSite?: boolean | 'lax' | 'strict' | 'none';
}

/** Cookies that can be read and written, wherever they come from. */
export interface CookieJar {
  read: (name: string) => string | undefined;
  write: (name: string, value: string, options: CookieOptions) => void;
  names?: () => string[];
  /**
   * Whether this response sets the cookie so far: false when it deletes it, undefined when it says
   * nothing of it. For a jar whose `write` replaces what it wrote before under the name.
   */
  sets?: (name: string, options: CookieOptions) => boolean | undefined;
  /** Throws when it is too late to write. */
  assertWritable?: () => void;
}

export type RequestLike = IncomingMessage | Request;
export type ResponseLike = ServerResponse | Response;
