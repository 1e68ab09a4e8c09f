import { beginSession, failureAnswer, openRequest, type RouteOptions } from './frameworks/begin';
import { writeHeaders, type HeaderPen } from './frameworks/headers';
import type { RequestFacts } from './facts';
import { makeSetup, type AuthOptions, type Setup } from './frameworks/options';
import type { AskedRequest, RequestSession } from './frameworks/request_session';
import type { Answer } from './frameworks/answers';
import type { Sessions } from './sessions';

export type { AuthOptions } from './frameworks/options';
export type { Answer, Demand } from './frameworks/answers';
export type { RouteOptions } from './frameworks/begin';
export type { Device, LogInOptions, RequestSession } from './frameworks/request_session';
export type { AccountEvent, EventKind, EventOptions, EventPage } from './sessions_types';

/** A handler of the web: what Hono, SvelteKit, Astro, React Router, Bun and Deno have routes of. */
export type WebHandler<Rest extends unknown[]> = (
  request: Request,
  session: RequestSession,
  ...rest: Rest
) => Response | Promise<Response>;

/**
 * Sessions for frameworks of the Fetch API.
 *
 * ```ts
 * const auth = createAuth({ store: 'sqlite:app.db', publicUrl: 'http://localhost:3000' });
 * export const GET = auth.withAuth(
 *   (request, session) => new Response(`Hello ${session.userId}`),
 *   { require: true },
 * );
 * ```
 */
export function createAuth(options: AuthOptions<Request>): WebAuth {
  return new WebAuth(makeSetup(options));
}

export class WebAuth {
  readonly #setup: Setup<Request>;
  readonly sessions: Sessions;

  /** @internal */
  constructor(setup: Setup<Request>) {
    this.#setup = setup;
    this.sessions = setup.sessions;
  }

  /**
   * withAuth gives a handler the session of its request and its answer the headers. Requests of other
   * sites are refused, a failed store is answered with 503, and nobody is logged out by it.
   */
  withAuth<Rest extends unknown[]>(
    handler: WebHandler<Rest>,
    options: RouteOptions = {},
  ): (request: Request, ...rest: Rest) => Promise<Response> {
    return (request, ...rest) =>
      this.run(request, options, (session) => handler(request, session, ...rest));
  }

  /** run is withAuth for one request. */
  async run(
    request: Request,
    options: RouteOptions,
    respond: (session: RequestSession) => Response | Promise<Response>,
  ): Promise<Response> {
    const { session, response } = await this.open(request, options);
    if (response !== null) return response;
    try {
      return apply(session, await respond(session));
    } catch (error) {
      return this.failure(request, error);
    }
  }

  /**
   * open is for adapters: the session of a request, or the response it gets without a handler. `url`
   * is the page's, where a framework asks for it by another one.
   */
  async open(
    request: Request,
    options: RouteOptions = {},
    url = new URL(request.url),
  ): Promise<{ session: RequestSession; response: null } | { session: null; response: Response }> {
    const { session, answer } = await openRequest(this.#setup, this.#asked(request, url), options);
    if (answer === null) return { session, response: null };
    const response = toResponse(answer);
    return { session: null, response: session ? apply(session, response) : response };
  }

  /** failure is what a failed store is answered with; errors of others are thrown again. */
  failure(request: Request, error: unknown): Response {
    return toResponse(failureAnswer(this.#setup, this.#asked(request), {}, error));
  }

  /** begin is for code that answers by itself: it throws when the store fails. */
  begin(request: Request, facts: RequestFacts = {}): Promise<RequestSession> {
    return beginSession(this.#setup, this.#asked(request), facts);
  }

  #asked(request: Request, { pathname, search } = new URL(request.url)): AskedRequest {
    const { method, headers } = request;
    return { method, headers, target: pathname + search, address: this.#setup.addressOf(request) };
  }
}

/** apply returns the response with the headers of the session; cookies set before stay. */
export function apply(session: RequestSession, response: Response): Response {
  // Those of fetch() and of Response.redirect() cannot be changed.
  const { status, statusText } = response;
  const headers = new Headers(response.headers);
  writeHeaders(penOf(headers), session.headers);
  session.markHeadersSent();
  return new Response(response.body, { status, statusText, headers });
}

/** toResponse makes the answer of `refusal()` a response. */
export function toResponse({ status, headers, body }: Answer): Response {
  const lines = headers.map(([name, value]): [string, string] => [name, value]);
  return new Response(body === '' ? null : body, { status, headers: lines });
}

/** penOf lets writeHeaders change these headers. */
export function penOf(headers: Headers): HeaderPen {
  return {
    get: (name) => {
      if (name === 'set-cookie') return headers.getSetCookie();
      const value = headers.get(name);
      return value === null ? [] : [value];
    },
    set: (name, values) => {
      headers.delete(name);
      for (const value of values) headers.append(name, value);
    },
  };
}
