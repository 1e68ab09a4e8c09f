import type { NewSession, Sessions } from '.';
import { makeError } from './errors';
import type { Attributes, CreateOptions } from './sessions_types';
import { pretended } from './next/pretended';
import { parseSetCookie } from './next/set_cookie';
import type { CookieStore, CookieToSet } from './next/types';

export * from './testing_parts';

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

/** What asks: a page that renders, a Server Action, or a Route Handler. */
export type TestRequestKind = 'page' | 'action' | 'handler';

export interface TestRequest {
  /** Of `signIn()`, or the value of a Cookie header. null: a visitor. */
  as?: TestSession | string | null;
  kind?: TestRequestKind;
  headers?: HeadersInit;
}

export interface TestOutcome<T> {
  /** What the function returned; undefined after a redirect. */
  value: T | undefined;
  /** Where redirect() led. */
  redirect: string | null;
  /** The Cookie header of the next request of this browser, for `as`. */
  cookieHeader: string;
}

/**
 * Runs pages, actions and handlers of Next.js that use `latchkey/next` as if a request was being
 * answered. Nothing has to be mocked:
 *
 * ```ts
 * const ada = await signIn(session, 'ada');
 * const { value } = await inRequest({ as: ada }, () => session.verifySession());
 * ```
 */
export async function inRequest<T>(
  { as = null, kind = 'page', headers }: TestRequest,
  run: () => T | Promise<T>,
): Promise<TestOutcome<Awaited<T>>> {
  const sent = (typeof as === 'string' ? as : as?.cookieHeader) ?? '';
  const jar = new Map(sent.split(/; */).filter(Boolean).map(pairOf));
  const head = new Headers(headers);
  if (sent !== '') head.set('cookie', sent);
  if (kind === 'action') head.set('next-action', 'test');
  const request = { cookies: cookieStore(jar, kind === 'page'), headers: head };
  const found = { value: undefined as Awaited<T> | undefined, redirect: null as string | null };
  try {
    found.value = await pretended.run(request, async () => run());
  } catch (error) {
    found.redirect = redirectOf(error);
    if (found.redirect === null) throw error;
  }
  const cookieHeader = [...jar].map(([name, value]) => `${name}=${value}`).join('; ');
  return { ...found, cookieHeader };
}

function pairOf(text: string): [name: string, value: string] {
  const at = text.indexOf('=');
  return [text.slice(0, at), text.slice(at + 1)];
}

// As Next.js does it: while a page renders the methods that write are one, which throws.
function cookieStore(jar: Map<string, string>, readOnly: boolean): CookieStore {
  const refuse = () => {
    throw new Error('Cookies can only be modified in a Server Action or Route Handler.');
  };
  const write = ({ name, value, maxAge }: CookieToSet) => {
    if (value === '' || (maxAge !== undefined && maxAge <= 0)) jar.delete(name);
    else jar.set(name, value);
  };
  return {
    get: (name) => (jar.has(name) ? { value: jar.get(name)! } : undefined),
    getAll: () => [...jar].map(([name, value]) => ({ name, value })),
    set: readOnly ? refuse : write,
    delete: readOnly ? refuse : (name) => jar.delete(name),
  };
}

// redirect() throws an error whose digest is `NEXT_REDIRECT;replace;/login;307;`.
function redirectOf(error: unknown): string | null {
  const digest = (error as { digest?: unknown } | null)?.digest;
  if (typeof digest !== 'string' || !digest.startsWith('NEXT_REDIRECT;')) return null;
  return digest.split(';').slice(2, -2).join(';');
}
