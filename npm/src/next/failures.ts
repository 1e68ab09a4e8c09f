import { makeError, type LatchkeyError } from '../errors';

/** The programmer's mistake: the message names what to change. */
export function misuse(message: string): LatchkeyError {
  return makeError('ERR_LATCHKEY_BAD_CONFIG', `latchkey/next: ${message}`);
}

/** A cookie has to be written where Next.js lets nobody write one. */
export function cookieReadOnly(call: string): LatchkeyError {
  return makeError(
    'ERR_LATCHKEY_COOKIE_READ_ONLY',
    `latchkey/next: ${call} has to write a cookie, which Next.js allows in Server Actions and ` +
      'Route Handlers, but not while a page renders.',
  );
}

/** What Next.js answers with 401 in a Route Handler and with `unauthorized.tsx` in a page. */
export function unauthorized(): Error {
  return Object.assign(new Error('Unauthorized'), { digest: 'NEXT_HTTP_ERROR_FALLBACK;401' });
}

/** The same with 403 and `forbidden.tsx`. */
export function forbidden(): Error {
  return Object.assign(new Error('Forbidden'), { digest: 'NEXT_HTTP_ERROR_FALLBACK;403' });
}
