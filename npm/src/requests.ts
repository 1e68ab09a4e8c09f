import { native, type ChangedList, type Open, type SeenList } from 'latchkey/native';
import { toRejection, typedText, type Rejection } from './accounts';
import { checkOptions, textOf, textsOf, userIdText } from './arguments';
import { createArguments } from './create_arguments';
import { factBits, headerOf, headersText, type RequestFacts, type RequestHeaders } from './facts';
import { toSession, toUser } from './session_lists';
import type { CreateOptions, Session, User, UserIdLike } from './sessions_types';

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
   * one. `unproven`: a device-bound session without the proof of its browser, which is nobody until
   * that proves again. `expired` and `revoked` are told to the holder of the right token. `refused`: a page of
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

/** What can be done to the session of a request. */
export type Change =
  | 'signUp'
  | 'logIn'
  | 'logInUser'
  | 'changePassword'
  | 'reauthenticate'
  | 'logOut'
  | 'logOutOthers'
  | 'raiseLevel'
  | 'registerDevice'
  | 'refreshDevice';

/** What a change needs: credentials, a user's id, or a level. */
export interface ChangeOptions extends Omit<CreateOptions, 'userAgent'> {
  /** For `signUp` and `logIn`, as a form sends it: what is no text is refused like an empty one. */
  username?: unknown;
  /** Likewise; for `changePassword` and `reauthenticate` the one that holds now. */
  password?: unknown;
  /** The new password. */
  replacement?: unknown;
  /** For `logInUser`, after a check of the program's own (OAuth, a magic link). */
  userId?: UserIdLike;
  /** Of a guest's attributes those that move along, by name. */
  carry?: readonly string[];
}

/** The same after a change. */
export interface ChangedRequest extends Begun {
  /** The user's mistake, for the form; null: it is done. */
  rejection: Rejection | null;
  /** How many sessions ended, of those who log out. */
  ended: number;
  /** What the two routes of device-bound sessions answer, with `headers`; null for other changes. */
  device: { status: number; json: string } | null;
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

/** changeRequest does what it is told; the headers are those of everything that has happened. */
export async function changeRequest(
  open: Open,
  request: RequestLike,
  change: Change,
  options: ChangeOptions,
  facts: RequestFacts,
): Promise<ChangedRequest> {
  const { method = 'POST', headers } = checked(request);
  const [rejection, ended, seen, status, json]: ChangedList = await native().change(
    open,
    cookieOf(request),
    factBits(method, { passive: true, ...facts }),
    headersText(headers, true),
    Date.now(),
    textOf(change, 'change'),
    changeArguments(options),
  );
  const device = status === 0 ? null : { status, json };
  return { ...toBegun(seen), rejection: toRejection(rejection), ended, device };
}

function changeArguments(options: ChangeOptions): object {
  checkOptions(options);
  const { username, password, replacement, userId, carry, ...create } = options;
  return {
    ...createArguments(create),
    ...(username !== undefined && { username: typedText(username) }),
    ...(password !== undefined && { password: typedText(password) }),
    ...(replacement !== undefined && { replacement: typedText(replacement) }),
    ...('userId' in options && { userId: userIdText(userId) }),
    ...(carry !== undefined && { carry: textsOf(carry, 'carry') }),
  };
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
