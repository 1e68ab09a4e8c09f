import * as cache from 'next/cache';
import { cookies, headers } from 'next/headers';
import { redirect } from 'next/navigation';
import { appBasePath } from '../base_path';
import type { Sessions } from '../sessions';
import type { Engine } from './config';
import type { Session as CoreSession, Validation } from '../sessions_types';
import { parseSetCookie } from './set_cookie';
import type { CookieStore } from './types';

/** The request that Next.js is answering. */
export interface CurrentRequest {
  readonly headers: Headers;
  readonly cookies: CookieStore;
  readonly token: string | null;
  /** The name is there, whatever its value. */
  readonly hasCookie: boolean;
  /** In Server Actions and Route Handlers; never while a page renders. */
  readonly writable: boolean;
  /** Neither a page nor an action nor a form: the visitor wants a status, no redirect. */
  readonly isHandler: boolean;
}

/**
 * currentRequest asks Next.js for the request before anything is opened: where there is none, as
 * when `next build` tries to prerender a page, that ends the call and the page becomes dynamic.
 */
export async function currentRequest(engine: () => Engine): Promise<CurrentRequest> {
  const [store, head] = await Promise.all([cookies(), headers()]);
  // With Cache Components pages are also rendered ahead, with cookies. Whether a session is alive is
  // a question of the moment, and to fetch ahead is no activity: such a render waits here.
  await cache.io?.();
  const { sessions } = engine();
  const { name } = sessions.cookie;
  // While a page renders Next.js gives every writing method the same function, which throws.
  const writable = (store.set as unknown) !== store.delete;
  const form = /^(multipart\/form-data|application\/x-www-form-urlencoded)/;
  return {
    headers: head,
    cookies: store,
    token: tokenIn(sessions, store, head.get('cookie')),
    hasCookie: store.getAll().some((cookie) => belongs(cookie.name, name)),
    writable,
    isHandler: writable && !head.has('next-action') && !form.test(head.get('content-type') ?? ''),
  };
}

// What this request has set itself is only in the store; a name sent twice is only in the header.
function tokenIn(sessions: Sessions, store: CookieStore, header: string | null): string | null {
  const { name } = sessions.cookie;
  const pairs = store.getAll().filter((cookie) => belongs(cookie.name, name));
  if (pairs.length === 0) return null;
  const line = pairs.map((cookie) => `${cookie.name}=${cookie.value}`).join('; ');
  const token = sessions.readCookie(line);
  const sent =
    header === null ? [] : header.split(/;[ \t]*/).filter((pair) => pair.startsWith(`${name}=`));
  if (sent.length > 1 && sent.includes(`${name}=${token}`)) return null;
  return token;
}

function belongs(cookie: string, name: string): boolean {
  return (
    cookie === name || (cookie.startsWith(`${name}.`) && /^\d$/.test(cookie.slice(name.length + 1)))
  );
}

/**
 * redirect() of Next.js, which adds its base path while a page renders and to actions of its router,
 * but not in handlers and for forms without JavaScript.
 */
export function redirectTo(request: CurrentRequest, path: string, origin: string): never {
  const base = appBasePath();
  const adds = !request.writable || request.headers.has('next-action');
  return redirect(adds || base === '' || !path.startsWith('/') ? path : origin + base + path);
}

/** Writes Set-Cookie values into the answer of this request. */
export function writeCookies(request: CurrentRequest, lines: readonly string[]): void {
  for (const line of lines) request.cookies.set(parseSetCookie(line));
}

interface Seen {
  validations: Map<string, { touched: boolean; answer: Promise<Validation> }>;
  users: Map<string, Promise<unknown>>;
}

// One entry for each request: `headers()` resolves to the same object all through it, in renders,
// actions and handlers alike, where React's cache() works in renders only. The render that follows
// an action in the same request has an entry of its own: what the action has changed is seen.
const rendering = new WeakMap<object, WeakMap<Sessions, Seen>>();
const acting = new WeakMap<object, WeakMap<Sessions, Seen>>();

function seenIn(request: CurrentRequest, sessions: Sessions): Seen {
  const requests = request.writable ? acting : rendering;
  let bySessions = requests.get(request.headers);
  if (!bySessions) requests.set(request.headers, (bySessions = new WeakMap()));
  let seen = bySessions.get(sessions);
  if (!seen) bySessions.set(sessions, (seen = { validations: new Map(), users: new Map() }));
  return seen;
}

// A render changes nothing, so an answer holds to its end. An action or a handler is there to change
// something, in ways that are not seen from here: there only questions at the same time share an
// answer. What failed may be asked again everywhere.
function keepAnswer(request: CurrentRequest, answer: Promise<unknown>, drop: () => void): void {
  answer.then(request.writable ? drop : undefined, drop);
}

/** Validates once for each render and token, and once for questions at the same time elsewhere. */
export function validateOnce(
  request: CurrentRequest,
  sessions: Sessions,
  { touch, fresh = false }: { touch: boolean; fresh?: boolean },
): Promise<Validation> {
  const token = request.token ?? '';
  const { validations } = seenIn(request, sessions);
  const known = validations.get(token);
  if (known && !fresh && (known.touched || !touch)) return known.answer;
  const answer = sessions.validateAsync(token, { touch, fresh, withUser: true });
  const entry = { touched: touch, answer };
  validations.set(token, entry);
  keepAnswer(request, answer, () => {
    if (validations.get(token) === entry) validations.delete(token);
  });
  return answer;
}

export function forget(request: CurrentRequest, sessions: Sessions): void {
  for (const requests of [rendering, acting]) requests.get(request.headers)?.delete(sessions);
}

/** Asks the application for a user, as often as `validateOnce` asks for a session. */
export function userOnce<User>(
  request: CurrentRequest,
  sessions: Sessions,
  session: CoreSession,
  getUser: (userId: string) => Promise<User | null> | User | null,
): Promise<User | null> {
  const { users } = seenIn(request, sessions);
  const id = session.userId ?? '';
  let asked = users.get(id) as Promise<User | null> | undefined;
  if (!asked) {
    const answer = (asked = (async () => getUser(id))());
    users.set(id, answer);
    keepAnswer(request, answer, () => {
      if (users.get(id) === answer) users.delete(id);
    });
  }
  return asked;
}
