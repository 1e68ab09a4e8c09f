import type { NewSession, Sessions } from '.';
import type { Attributes, CreateOptions } from './sessions_types';
import { parseSetCookie } from './next/set_cookie';

export interface TestSession extends NewSession {
  /** The value of a Cookie header: `name=token`. */
  cookieHeader: string;
  /** What a browser driver's `addCookies` takes, with the URL added. */
  cookie: ReturnType<typeof parseSetCookie>;
}

/**
 * Signs a user in without a login page, for tests: give it what `createSessions` returned, or a
 * `Sessions`.
 */
export async function signIn(
  on: { core: Sessions } | Sessions,
  userId: string | number,
  options: CreateOptions & { attributes?: Attributes } = {},
): Promise<TestSession> {
  const sessions = 'core' in on ? on.core : on;
  const made = await sessions.create(userId, options);
  const cookie = parseSetCookie(sessions.setCookie(made.token, made.session));
  return { ...made, cookie, cookieHeader: `${cookie.name}=${cookie.value}` };
}
