import { failureOf, type Demand } from './frameworks/answers';
import { refusalOf, type RouteOptions } from './frameworks/begin';
import { writeHeaders } from './frameworks/headers';
import type { AuthOptions } from './frameworks/options';
import type { RequestSession } from './frameworks/request_session';
import { apply, createAuth as createWebAuth, penOf, toResponse } from './web';
import { makeError } from './errors';

export type { AuthOptions, Demand, Device, LogInOptions, RequestSession, RouteOptions } from './web';
export type { AccountEvent, EventKind, EventOptions, EventPage } from './web';

/** `new Hono<AuthEnv>()` knows what `c.get('auth')` is. */
export interface AuthEnv {
  Variables: { auth: RequestSession };
}

/** What is used of Hono's context. */
interface Context {
  req: { raw: Request };
  res: Response;
  error?: Error | undefined;
  get(key: 'auth'): RequestSession;
  set(key: 'auth', value: RequestSession): void;
}
type Next = () => Promise<void>;

/**
 * Sessions for Hono on Node.js:
 *
 * ```ts
 * const auth = createAuth({ store: 'sqlite:app.db', publicUrl: 'http://localhost:3000' });
 * const app = new Hono<AuthEnv>();
 * app.use(auth.middleware());
 * app.get('/training', auth.requireUser(), (c) => c.text(`Hello ${c.get('auth').userId}`));
 * ```
 */
export function createAuth(options: AuthOptions<Request>) {
  const auth = createWebAuth(options);
  return {
    sessions: auth.sessions,

    /** middleware sets `c.get('auth')` and brings the headers into the answer. */
    middleware(route: RouteOptions = {}) {
      return async (c: Context, next: Next): Promise<Response | void> => {
        const { session, response } = await auth.open(c.req.raw, route);
        if (response !== null) return response;
        c.set('auth', session);
        await next();
        // Hono keeps the error of a handler, and has made an answer of its own.
        if (failureOf(c.error) !== null) replace(c, auth.failure(c.req.raw, c.error));
        else bring(c, session);
      };
    },

    /** requireUser stands after `middleware()`: others are sent to the log-in, or told by 401. */
    requireUser(demand: Demand = {}) {
      return async (c: Context, next: Next): Promise<Response | void> => {
        const session = c.get('auth') as RequestSession | undefined;
        if (session === undefined) throw misplaced();
        const refusal = await refusalOf(session, demand);
        if (refusal !== null) return toResponse(refusal);
        await next();
      };
    },
  };
}

// The answer of a fetch() has headers that cannot be changed.
function bring(c: Context, session: RequestSession): void {
  try {
    writeHeaders(penOf(c.res.headers), session.headers);
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    replace(c, apply(session, c.res));
  }
  session.markHeadersSent();
}

// Hono copies the old answer's cookies over those of a new one, unless there is no old one.
function replace(c: Context, answer: Response): void {
  (c as { res: Response | undefined }).res = undefined;
  c.res = answer;
}

function misplaced() {
  const message = 'requireUser() needs `app.use(auth.middleware())` before it';
  return makeError('ERR_LATCHKEY_BAD_CONFIG', message);
}
