import type { RequestFacts } from './facts';
import type { Demand } from './frameworks/answers';
import type { AuthOptions } from './frameworks/options';
import type { RequestSession } from './frameworks/request_session';
import { apply, createAuth as createWebAuth } from './web';

export type { AuthOptions, Demand, Device, LogInOptions, RequestSession, RouteOptions } from './web';
export type { AccountEvent, EventKind, EventOptions, EventPage } from './web';

/** What is used of SvelteKit's event. `App.Locals` in `src/app.d.ts` has `auth: RequestSession`. */
interface Event {
  request: Request;
  /** Without what SvelteKit adds to the path for its router. */
  url: URL;
  isDataRequest?: boolean;
  route?: { id: string | null };
  locals: object;
}
export interface HandleOptions<E> extends RequestFacts {
  require?: (event: E) => boolean | Demand;
}
interface HandleInput<E> {
  event: E;
  resolve: (event: E) => Response | Promise<Response>;
}

/**
 * Sessions for SvelteKit, in `src/hooks.server.ts`:
 *
 * ```ts
 * const auth = createAuth({ store: 'sqlite:app.db', publicUrl: 'http://localhost:5173' });
 * export const handle = auth.handle({ require: ({ route }) => route?.id?.startsWith('/app') ?? false });
 * ```
 *
 * Pages and actions find the session in `event.locals.auth`. SvelteKit's own check of forms looks at
 * the Host header, this one at `publicUrl`.
 */
export function createAuth(options: AuthOptions<Request>) {
  const auth = createWebAuth(options);
  return {
    sessions: auth.sessions,

    /** handle is the hook. `require` says which events need a user, and what that user must have. */
    handle<E extends Event>({ require, ...facts }: HandleOptions<E> = {}) {
      return async ({ event, resolve }: HandleInput<E>): Promise<Response> => {
        // The router asks for the data of a page that somebody waits for.
        const page = event.isDataRequest === true || facts.page === true;
        const route = { ...facts, page, require: require?.(event) ?? false };
        const { session, response } = await auth.open(event.request, route, event.url);
        if (response !== null) return event.isDataRequest ? toData(response) : response;
        (event.locals as { auth?: RequestSession }).auth = session;
        return apply(session, await resolve(event));
      };
    },
  };
}

// How SvelteKit tells its router to go elsewhere.
function toData(response: Response): Response {
  const location = response.headers.get('location');
  if (location === null) return response;
  const headers = new Headers(response.headers);
  headers.delete('location');
  headers.set('content-type', 'application/json');
  return new Response(JSON.stringify({ type: 'redirect', location }), { headers });
}
