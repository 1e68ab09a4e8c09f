import { checkOptions } from '../arguments';
import type { RequestFacts } from '../facts';
import { answerTo, failureOf, type Answer, type Demand } from './answers';
import type { Setup } from './options';
import { RequestSession, type AskedRequest } from './request_session';

/** What a route may say: facts of its requests, and what it needs of its user. */
export interface RouteOptions extends RequestFacts {
  /** true: a signed-in user; or what that user must have. Others are sent to the log-in. */
  require?: boolean | Demand;
}

/** Either the session of a request, or also the answer that goes back instead of the handler's. */
export type Opened =
  | { session: RequestSession; answer: null }
  | { session: RequestSession | null; answer: Answer };

/** beginSession throws when the store fails. `changed` runs when there are new headers. */
export async function beginSession(
  setup: Setup<never>,
  request: AskedRequest,
  facts: RequestFacts,
  changed: (session: RequestSession) => void = () => {},
): Promise<RequestSession> {
  checkOptions(facts, 'options');
  const begun = await setup.sessions.begin(request, facts);
  return new RequestSession(setup, request, facts, begun, changed);
}

/** openRequest judges a request by what its route says. A failed store is a 503. */
export async function openRequest(
  setup: Setup<never>,
  request: AskedRequest,
  options: RouteOptions,
  changed?: (session: RequestSession) => void,
): Promise<Opened> {
  checkOptions(options);
  const { require = false, ...facts } = options;
  try {
    const session = await beginSession(setup, request, facts, changed);
    return { session, answer: await refusalOf(session, require) };
  } catch (error) {
    return { session: null, answer: failureAnswer(setup, request, facts, error) };
  }
}

/** refusalOf is what goes back when a session does not fit a route; null: it does. */
export async function refusalOf(
  session: RequestSession,
  require: boolean | Demand,
): Promise<Answer | null> {
  const demand = require === true ? {} : require;
  const fits = session.state !== 'refused' && (demand === false || (await session.require(demand)));
  return fits ? null : session.refusal();
}

/** failureAnswer is what a failure of this package is answered with; others are thrown again. */
export function failureAnswer(
  setup: Setup<never>,
  request: AskedRequest,
  facts: RequestFacts,
  error: unknown,
): Answer {
  const failure = failureOf(error);
  if (failure === null) throw error;
  return answerTo(setup, request, facts, failure);
}
