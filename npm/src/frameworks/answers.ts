import { native } from 'latchkey/native';
import { millis } from '../duration';
import { isLatchkeyError } from '../errors';
import { factBits, headersText, type RequestFacts } from '../facts';
import type { HeaderLine } from '../requests';
import type { Duration, Session } from '../sessions_types';
import type { Setup } from './options';
import type { AskedRequest } from './request_session';

/** What a route needs of its user. */
export interface Demand {
  /** At least this level: 1 password, 2 and 3 stronger. */
  level?: number;
  /** The user proved who they are within this time. */
  maxAuthAge?: Duration;
}

/** An answer that is no page of the application. */
export interface Answer {
  status: number;
  headers: readonly HeaderLine[];
  body: string;
}

/** shortfallOf says what a session lacks; null: nothing. */
export function shortfallOf(session: Session | null, demand: Demand): 'level' | 'recency' | null {
  if (session === null) return null;
  const { level = 0, maxAuthAge = 0 } = demand;
  const proven = session.authenticatedAt.getTime();
  const age = millis(maxAuthAge, 'maxAuthAge');
  return native().shortfall(session.level, proven, Date.now(), level, age);
}

/**
 * answerTo is what goes back to a request that does not get what it asked for: a page is sent to
 * the log-in, everybody else is told by problem+json. `what` names a state, a shortfall or an error.
 */
export function answerTo(
  setup: Setup<never>,
  request: AskedRequest,
  facts: RequestFacts,
  what: string,
): Answer {
  const { method = 'GET', headers, target } = request;
  const { login, home } = setup;
  const bits = factBits(method, facts);
  const text = headersText(headers);
  const [status, problem, challenge, retryAfter, location] = native().answer(
    null,
    bits,
    text,
    what,
    target,
    login,
    home,
  );
  const rules: HeaderLine[] = [['Cache-Control', 'private, no-store']];
  if (location !== '') return { status: 303, headers: [['Location', location], ...rules], body: '' };
  const lines: HeaderLine[] = [['Content-Type', 'application/problem+json'], ...rules];
  if (challenge !== '') lines.push(['WWW-Authenticate', challenge]);
  if (retryAfter !== '') lines.push(['Retry-After', retryAfter]);
  return { status, headers: lines, body: problem };
}

/** nameOf is the core's name of a failure of this package; null: somebody else failed. */
export function failureOf(error: unknown): string | null {
  if (!isLatchkeyError(error) || error.status === undefined) return null;
  return error.code.slice('ERR_LATCHKEY_'.length).toLowerCase();
}
