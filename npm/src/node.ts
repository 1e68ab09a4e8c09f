import type { IncomingMessage, ServerResponse } from 'node:http';
import { makeError } from './errors';
import { failureOf, type Answer, type Demand } from './frameworks/answers';
import {
  beginSession,
  failureAnswer,
  openRequest,
  refusalOf,
  type RouteOptions,
} from './frameworks/begin';
import { writeHeaders, type HeaderPen } from './frameworks/headers';
import { makeSetup, type AuthOptions, type Setup } from './frameworks/options';
import type { AskedRequest, RequestSession } from './frameworks/request_session';
import type { RequestFacts } from './facts';
import type { Sessions } from './sessions';

export type { AuthOptions } from './frameworks/options';
export type { Answer, Demand } from './frameworks/answers';
export type { RouteOptions } from './frameworks/begin';
export type { Device, LogInOptions, RequestSession } from './frameworks/request_session';
export type { AccountEvent, EventKind, EventOptions, EventPage } from './sessions_types';

/** A request of Node.js; Express and others keep the whole path in `originalUrl`. */
export type NodeRequest = IncomingMessage & { originalUrl?: string; auth?: RequestSession };
export type NodeNext = (error?: unknown) => void;

/**
 * Sessions for `node:http` and for frameworks of connect's style.
 *
 * ```ts
 * const auth = createAuth({ store: 'sqlite:app.db', publicUrl: 'http://localhost:3000' });
 * createServer(auth.withAuth((request, response, session) => {
 *   response.end(`Hello ${session.userId}`);
 * }, { require: true }));
 * ```
 */
export function createAuth(options: AuthOptions<IncomingMessage>): NodeAuth {
  return new NodeAuth(makeSetup(options));
}

export class NodeAuth {
  readonly #setup: Setup<IncomingMessage>;
  readonly sessions: Sessions;

  /** @internal */
  constructor(setup: Setup<IncomingMessage>) {
    this.#setup = setup;
    this.sessions = setup.sessions;
  }

  /** withAuth gives a handler the session of its request. */
  withAuth<Request extends IncomingMessage, Response extends ServerResponse>(
    handler: (request: Request, response: Response, session: RequestSession) => unknown,
    options: RouteOptions = {},
  ): (request: Request, response: Response) => Promise<void> {
    return async (request, response) => {
      const session = await this.#open(request, response, options);
      if (session === null) return;
      try {
        await handler(request, response, session);
      } catch (error) {
        const asked = this.#asked(request);
        answer(response, failureAnswer(this.#setup, asked, options, error));
      }
    };
  }

  /** middleware sets `request.auth` for what comes after it. */
  middleware(
    options: RouteOptions = {},
  ): (request: NodeRequest, response: ServerResponse, next: NodeNext) => void {
    return (request, response, next) => {
      this.#open(request, response, options).then((session) => {
        if (session === null) return;
        request.auth = session;
        next();
      }, next);
    };
  }

  /** requireUser stands after `middleware()`: others are sent to the log-in, or told by 401. */
  requireUser(
    demand: Demand = {},
  ): (request: NodeRequest, response: ServerResponse, next: NodeNext) => void {
    return (request, response, next) => {
      if (!request.auth) return next(misplaced());
      refusalOf(request.auth, demand).then((refusal) => {
        if (refusal === null) next();
        else answer(response, refusal);
      }, next);
    };
  }

  /** errors stands last: what fails of the store is answered with 503, and nobody is logged out. */
  errors(): (
    error: unknown,
    request: NodeRequest,
    response: ServerResponse,
    next: NodeNext,
  ) => void {
    return (error, request, response, next) => {
      if (failureOf(error) === null || response.headersSent) return next(error);
      answer(response, failureAnswer(this.#setup, this.#asked(request), {}, error));
    };
  }

  /** begin is for code that answers by itself: it throws when the store fails. */
  async begin(
    request: IncomingMessage,
    response: ServerResponse,
    facts: RequestFacts = {},
  ): Promise<RequestSession> {
    const known = { ...facts, mayWrite: facts.mayWrite !== false && !response.headersSent };
    const write = (session: RequestSession) => writeHeaders(penOf(response), session.headers);
    const session = await beginSession(this.#setup, this.#asked(request), known, write);
    attach(session, response);
    return session;
  }

  async #open(
    request: IncomingMessage,
    response: ServerResponse,
    options: RouteOptions,
  ): Promise<RequestSession | null> {
    const write = (session: RequestSession) => writeHeaders(penOf(response), session.headers);
    const asked = this.#asked(request);
    const { session, answer: refusal } = await openRequest(this.#setup, asked, options, write);
    if (session !== null) attach(session, response);
    if (refusal !== null) answer(response, refusal);
    return refusal === null ? session : null;
  }

  #asked(request: IncomingMessage): AskedRequest {
    const { method, headers, url } = request;
    const target = (request as NodeRequest).originalUrl ?? url ?? '/';
    return { method, headers, target, address: this.#setup.addressOf(request) };
  }
}

// The headers are written now and after each change, so the answer may leave at any time. What a
// framework passes with its status is joined with them, and would otherwise take their place.
function attach(session: RequestSession, response: ServerResponse): void {
  if (response.headersSent) return session.markHeadersSent();
  writeHeaders(penOf(response), session.headers);
  const { writeHead } = response;
  response.writeHead = function (this: ServerResponse, status: number, ...rest: unknown[]) {
    const message = typeof rest[0] === 'string' ? [rest[0]] : [];
    const given = rest[message.length];
    if (given !== undefined && given !== null) {
      for (const [name, values] of headersOf(given as object)) this.setHeader(name, values);
      writeHeaders(penOf(this), session.headers);
    }
    session.markHeadersSent();
    return Reflect.apply(writeHead, this, [status, ...message]) as ServerResponse;
  } as typeof writeHead;
}

// Node.js takes an object, or a list of names and values in which a name may come again.
function headersOf(given: object): Map<string, string | string[]> {
  const found = new Map<string, string | string[]>();
  for (const [name, value] of pairsOf(given)) {
    const key = name.toLowerCase();
    const values = [found.get(key) ?? [], value as string | string[]].flat().map(String);
    if (value !== undefined) found.set(key, values.length === 1 ? values[0]! : values);
  }
  return found;
}

function pairsOf(given: object): [name: string, value: unknown][] {
  if (!Array.isArray(given)) return Object.entries(given);
  if (Array.isArray(given[0])) return given as [string, unknown][];
  const pairs: [string, unknown][] = [];
  for (let i = 0; i + 1 < given.length; i += 2) pairs.push([String(given[i]), given[i + 1]]);
  return pairs;
}

function answer(response: ServerResponse, { status, headers, body }: Answer): void {
  if (response.headersSent) {
    response.destroy();
    return;
  }
  response.statusCode = status;
  for (const [name, value] of headers) response.setHeader(name, value);
  response.end(body);
}

function penOf(response: ServerResponse): HeaderPen {
  return {
    get: (name) => {
      const value = response.getHeader(name);
      if (value === undefined) return [];
      return Array.isArray(value) ? value : [String(value)];
    },
    set: (name, values) => {
      response.setHeader(name, name === 'set-cookie' ? values : (values[0] ?? ''));
    },
  };
}

function misplaced() {
  const message = 'requireUser() needs `app.use(auth.middleware())` before it';
  return makeError('ERR_LATCHKEY_BAD_CONFIG', message);
}
