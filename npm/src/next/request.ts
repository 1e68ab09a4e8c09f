import * as cache from 'next/cache';
import { cookies, headers } from 'next/headers';
import { redirect } from 'next/navigation';
import { appBasePath } from '../base_path';
import { setCookiesOf, type Begun, type HeaderLine, type RequestLike } from '../requests';
import type { RequestFacts } from '../facts';
import type { Sessions } from '../sessions';
import type { Engine } from './config';
import { pretended } from './pretended';
import { parseSetCookie } from './set_cookie';
import type { CookieStore } from './types';

/** The request that Next.js is answering. */
export interface CurrentRequest {
  readonly headers: Headers;
  readonly cookies: CookieStore;
  /** What the browser holds of the session cookie, with what this request has changed of it. */
  readonly cookie: string | null;
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
  const test = pretended.getStore();
  const [store, head] = test
    ? [test.cookies, test.headers]
    : await Promise.all([cookies(), headers()]);
  // With Cache Components pages are also rendered ahead, with cookies. Whether a session is alive is
  // a question of the moment, and to fetch ahead is no activity: such a render waits here.
  if (!test) await cache.io?.();
  const { name } = engine().sessions.cookie;
  // While a page renders Next.js gives every writing method the same function, which throws.
  const writable = (store.set as unknown) !== store.delete;
  const form = /^(multipart\/form-data|application\/x-www-form-urlencoded)/;
  return {
    headers: head,
    cookies: store,
    cookie: cookieLine(store, head.get('cookie'), name),
    writable,
    isHandler: writable && !head.has('next-action') && !form.test(head.get('content-type') ?? ''),
  };
}

// What this request has set itself is only in the store; a name sent twice is only in the header.
function cookieLine(store: CookieStore, header: string | null, name: string): string | null {
  const isOurs = (pair: string) => belongs(pair.slice(0, pair.indexOf('=')), name);
  const sent = (header ?? '').split(/;[ \t]*/).filter(isOurs);
  const held = store
    .getAll()
    .map((cookie) => `${cookie.name}=${cookie.value}`)
    .filter(isOurs);
  const names = new Set(sent.map((pair) => pair.slice(0, pair.indexOf('='))));
  const asSent = held.length === names.size && held.every((pair) => sent.includes(pair));
  const pairs = asSent ? sent : held;
  return pairs.length > 0 ? pairs.join('; ') : null;
}

function belongs(cookie: string, name: string): boolean {
  // The second is that of a device-bound session (src/auth/device_binding/binder.cc).
  return (
    cookie === name || cookie === `${name}-bound` || (cookie.startsWith(`${name}.`) && /^\d$/.test(cookie.slice(name.length + 1)))
  );
}

/**
 * asked is this request as the core takes it. Next.js tells nobody its method, so it counts as one
 * that may change something; what a page of another site may do is for those to say who ask.
 */
export function asked({ headers, cookie }: CurrentRequest): RequestLike {
  return { method: 'POST', headers, cookie };
}

/** factsOf is what Next.js tells of the answer: where cookies can be written, and who waits. */
export function factsOf({ writable, isHandler }: CurrentRequest): RequestFacts {
  return { mayWrite: writable, page: !isHandler, crossSite: true, withUser: true };
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

/** Writes the cookies among `lines` into the answer of this request. */
export function writeCookies(request: CurrentRequest, lines: readonly HeaderLine[]): void {
  for (const line of setCookiesOf(lines)) request.cookies.set(parseSetCookie(line));
}

interface Seen {
  begun: Map<string, { active: boolean; answer: Promise<Begun> }>;
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
  if (!seen) bySessions.set(sessions, (seen = { begun: new Map(), users: new Map() }));
  return seen;
}

// A render changes nothing, so an answer holds to its end. An action or a handler is there to change
// something, in ways that are not seen from here: there only questions at the same time share an
// answer. What failed may be asked again everywhere.
function keepAnswer(request: CurrentRequest, answer: Promise<unknown>, drop: () => void): void {
  answer.then(request.writable ? drop : undefined, drop);
}

/** Asks who it is once for each render and cookie, and once for questions at the same time elsewhere. */
export function beginOnce(
  request: CurrentRequest,
  sessions: Sessions,
  { active, fresh = false }: { active: boolean; fresh?: boolean },
): Promise<Begun> {
  const { begun } = seenIn(request, sessions);
  const key = request.cookie ?? '';
  const known = begun.get(key);
  if (known && !fresh && (known.active || !active)) return known.answer;
  const answer = begin(request, sessions, { ...factsOf(request), passive: !active, fresh });
  const entry = { active, answer };
  begun.set(key, entry);
  keepAnswer(request, answer, () => {
    if (begun.get(key) === entry) begun.delete(key);
  });
  return answer;
}

async function begin(request: CurrentRequest, sessions: Sessions, facts: RequestFacts) {
  const answer = await sessions.begin(asked(request), facts);
  if (request.writable) writeCookies(request, answer.headers);
  return answer;
}

export function forget(request: CurrentRequest, sessions: Sessions): void {
  for (const requests of [rendering, acting]) requests.get(request.headers)?.delete(sessions);
}

/** Asks the application for a user, as often as `beginOnce` asks for a session. */
export function userOnce<User>(
  request: CurrentRequest,
  sessions: Sessions,
  id: string,
  getUser: (userId: string) => Promise<User | null> | User | null,
): Promise<User | null> {
  const { users } = seenIn(request, sessions);
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
