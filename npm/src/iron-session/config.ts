// Options of a session, checked and completed.

import { FOURTEEN_DAYS, passwordMap, type PasswordMap } from './seal_data';
import type { CookieOptions, Revocations, SessionOptions } from './types';

const SKEW = 60;
const LONGEST_MAX_AGE = 2147483647;

export interface Config {
  cookieName: string;
  password: PasswordMap;
  ttl: number;
  cookieOptions: CookieOptions;
  chunk: boolean;
  version: 8 | 9;
  onUnsealError?: NonNullable<SessionOptions['onUnsealError']>;
}

function bad(what: string): Error {
  return new Error(`iron-session: Bad usage. ${what}`);
}

function checkPasswords(map: PasswordMap, version: 8 | 9): void {
  if (version === 9 && Object.keys(map).length === 0) {
    throw bad(
      "The password map is empty, it must be keyed by numbers, for example { 1: 'your-password' }.",
    );
  }
  for (const [id, password] of Object.entries(map)) {
    if (version === 9 && !Number.isInteger(Number(id))) {
      throw bad(
        `Password ids must be integers, got ${JSON.stringify(id)}. Use { 1: '...', 2: '...' }.`,
      );
    }
    if (typeof password !== 'string' || password.length < 32) {
      throw bad('Password must be at least 32 characters long.');
    }
  }
}

function maxAgeOf(ttl: number, version: 8 | 9): number {
  if (ttl === 0) return LONGEST_MAX_AGE;
  return version === 8 || ttl > SKEW ? ttl - SKEW : ttl;
}

// What never expires would have to be remembered for ever.
function checkStore({ store }: SessionOptions, ttl: number): void {
  if (store === undefined) return;
  const own = store as Partial<Revocations> | null;
  const works = typeof own?.deny === 'function' && typeof own.isDenied === 'function';
  if (typeof store !== 'string' && !works) {
    throw bad('`store` is the text that names a store, or an object with `deny` and `isDenied`.');
  }
  if (ttl === 0) {
    throw bad('`store` ends sessions before their time, so they need a `ttl` that is not 0.');
  }
}

/** Checks nothing of the passwords when `previous` are kept, as version 8 does on an update. */
export function readConfig(options: SessionOptions, previous?: PasswordMap): Config {
  const version = options.version ?? 9;
  if (!previous && !options.cookieName) throw bad('Missing cookie name.');
  if (!previous && !options.password) throw bad('Missing password.');
  const password = previous ?? passwordMap(options.password);
  if (!previous) checkPasswords(password, version);
  const given = options.cookieOptions;
  const cookieOptions: CookieOptions = {
    httpOnly: true,
    secure: true,
    sameSite: 'lax',
    path: '/',
    ...given,
  };
  let ttl = options.ttl ?? FOURTEEN_DAYS;
  if (given && 'maxAge' in given) {
    if (given.maxAge === undefined) ttl = 0;
  } else {
    cookieOptions.maxAge = maxAgeOf(ttl, version);
  }
  checkStore(options, ttl);
  return {
    cookieName: options.cookieName,
    password,
    ttl,
    cookieOptions,
    chunk: options.chunk ?? false,
    version,
    ...(options.onUnsealError && { onUnsealError: options.onUnsealError }),
  };
}
