import type { NewSession, Sessions } from '.';
import { makeError } from './errors';
import type { Attributes, CreateOptions } from './sessions_types';
import { parseSetCookie } from './next/set_cookie';

export interface TestSession extends NewSession {
  /** The value of a Cookie header: `name=token`. */
  cookieHeader: string;
  /** What a browser driver's `addCookies` takes, with the URL added. */
  cookie: ReturnType<typeof parseSetCookie>;
}

/**
 * Signs a user in without a login page, for tests: give it what `createSessions` returned, a module
 * that exports its `core` as `lib/session` of `latchkey init` does, or a `Sessions`.
 */
export async function signIn(
  on: { core: Sessions } | Sessions,
  userId: string | number,
  options: CreateOptions & { attributes?: Attributes } = {},
): Promise<TestSession> {
  const sessions = (on as { core?: Sessions } | null | undefined)?.core ?? (on as Sessions | null);
  if (typeof sessions?.create !== 'function') {
    throw makeError(
      'ERR_LATCHKEY_INVALID_ARGUMENT',
      'signIn() wants what createSessions() returned, or a module that exports its `core`: add ' +
        '`core` to what lib/session exports',
    );
  }
  const made = await sessions.create(userId, options);
  const cookie = parseSetCookie(sessions.setCookie(made.token, made.session));
  return { ...made, cookie, cookieHeader: `${cookie.name}=${cookie.value}` };
}
