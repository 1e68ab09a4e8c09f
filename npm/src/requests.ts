import { native, type ChangedList, type Open, type SeenList, type Verb } from 'latchkey/native';
import { toRejection, type Rejection } from './accounts';
import { checkOptions, textOf } from './arguments';
import { factBits, headerOf, headersText, type RequestFacts, type RequestHeaders } from './facts';
import { toSession, toUser } from './session_lists';
import type { Session, User } from './sessions_types';

/** What is used of a request: a `Request` of the web and one of Node.js have it. */
export interface RequestLike {
  method?: string | undefined;
  headers: RequestHeaders;
  /** The Cookie line, where the program knows better than the headers. */
  cookie?: string | null;
}

export type HeaderLine = readonly [name: string, value: string];

/** Who asks, and what goes back. */
export interface Begun {
  /**
   * `user`: a signed-in, enabled user, and the only one who is anybody. `guest`: a session without
   * one. `expired` and `revoked` are told to the holder of the right token. `refused`: a page of
   * another site sent the request; answer 403.
   */
  state: SeenList[0];
  /** Of a user or a guest. */
  session: Session | null;
  /** What the store knows of the user, if `withUser` asked for it. */
  user: User | null;
  /** Every header to send: Set-Cookie, as often as it takes, and the rules for caches. */
  headers: readonly HeaderLine[];
}

/** The same after a change. */
export interface ChangedRequest extends Begun {
  /** The user's mistake, for the form; null: it is done. */
  rejection: Rejection | null;
  /** How many sessions ended, of those who log out. */
  ended: number;
}

let usual: readonly HeaderLine[] | undefined;

/** beginRequest finds out who sends a request. Waits for the store only when it has to. */
export async function beginRequest(
  open: Open,
  request: RequestLike,
  facts: RequestFacts,
): Promise<Begun> {
  const { method = 'GET', headers } = checked(request);
  const bits = factBits(method, facts);
  const text = headersText(headers);
  return toBegun(await native().begin(open, cookieOf(request), bits, text, Date.now()));
}

/** changeRequest does what a verb says; the headers are those of everything that has happened. */
export async function changeRequest(
  open: Open,
  request: RequestLike,
  verb: Verb,
  options: object,
  facts: RequestFacts,
): Promise<ChangedRequest> {
  const { method = 'POST', headers } = checked(request);
  const bits = factBits(method, { passive: true, ...facts });
  const text = headersText(headers, true);
  const cookie = cookieOf(request);
  const list: ChangedList = await native().change(
    open,
    cookie,
    bits,
    text,
    Date.now(),
    verb,
    options,
  );
  return { ...toBegun(list[2]), rejection: toRejection(list[0]), ended: list[1] };
}

/** setCookiesOf picks the Set-Cookie values out of headers. */
export function setCookiesOf(headers: readonly HeaderLine[]): string[] {
  return headers.filter(([name]) => name === 'Set-Cookie').map(([, value]) => value);
}

function checked(request: RequestLike): RequestLike {
  checkOptions(request, 'request');
  checkOptions(request.headers, 'request.headers');
  return request;
}

function cookieOf({ cookie, headers }: RequestLike): string | null {
  if (cookie === null) return null;
  return cookie === undefined ? headerOf(headers, 'cookie') : textOf(cookie, 'request.cookie');
}

function toBegun([state, session, user, lines, token]: SeenList): Begun {
  return {
    state,
    session: session && toSession(session, token),
    user: user && toUser(user),
    headers: lines ? pairs(lines) : (usual ??= pairs(native().usual_headers())),
  };
}

function pairs(list: readonly string[]): HeaderLine[] {
  const lines: HeaderLine[] = [];
  for (let i = 0; i + 1 < list.length; i += 2) lines.push([list[i]!, list[i + 1]!]);
  return lines;
}
