import { isLatchkeyError } from '../errors';
import { safePath } from '../guard';
import { pagesOf, type Engine } from './config';
import type { Changes } from './changes';
import { clientSession, isUsers, present, reasonOf } from './present';
import { withBase } from './paths';
import { beginOnce, currentRequest } from './request';
import { clientUserOf, userOf } from './users';
import type { Attributes, SessionsConfig } from './types';

type Handler = (request: Request) => Promise<Response>;

/** The functions for `app/api/session/[[...all]]/route.ts`. */
export function makeHandlers<User, A extends Attributes>(
  config: SessionsConfig<User>,
  engine: () => Engine,
  changes: Changes<A>,
): { GET: Handler; POST: Handler } {
  return {
    GET: guarded((request) => status(config, engine, request)),
    POST: guarded(async (request) => {
      const { sessions, origin } = engine();
      const sent = { method: 'POST', headers: request.headers, cookie: null };
      if ((await sessions.begin(sent, { passive: true })).state === 'refused') {
        return json(foreignOrigin(request, origin), 403);
      }
      const parts = new URL(request.url).pathname.split('/').filter(Boolean);
      const action = parts.pop();
      if (parts.pop() === 'device') return device(engine, request, action);
      switch (action) {
        case 'renew':
          return (await changes.updateSession()) ? json({ done: true }) : json(NO_SESSION, 401);
        case 'logout':
          await changes.deleteSession();
          return done(request, pagesOf(config).afterLogout);
        case 'logout-others': {
          const ended = await changes.deleteOtherSessions();
          return ended === null ? json(NO_SESSION, 401) : json({ done: true, ended });
        }
        default:
          return json({ error: 'not_found' }, 404);
      }
    }),
  };
}

const DEVICE_CHANGES = { register: 'registerDevice', refresh: 'refreshDevice' } as const;

/** What a browser asks by itself for a device-bound session: the core answers. */
async function device(engine: () => Engine, request: Request, action = ''): Promise<Response> {
  const change = DEVICE_CHANGES[action as keyof typeof DEVICE_CHANGES];
  if (!change) return json({ error: 'not_found' }, 404);
  const asked = { method: 'POST', headers: request.headers };
  const { device: answer, headers } = await engine().sessions.change(asked, change, {}, { fresh: true });
  if (!answer) return json({ error: 'not_found' }, 404);
  const type: [string, string] = ['content-type', 'application/json'];
  const lines = headers.map(([name, value]): [string, string] => [name, value]);
  return new Response(answer.json, { status: answer.status, headers: [type, ...lines] });
}

const NO_SESSION = { error: 'no_session' };

// Both addresses, so that a wrong LATCHKEY_PUBLIC_URL is seen at a glance.
const foreignOrigin = ({ headers }: Request, expected: string) => ({
  error: 'foreign_origin',
  received: headers.get('origin'),
  expected,
});

/** The status of the session. It never extends it. */
async function status<User>(
  config: SessionsConfig<User>,
  engine: () => Engine,
  request: Request,
): Promise<Response> {
  const current = await currentRequest(engine);
  const { sessions } = engine();
  const answer = await beginOnce(current, sessions, { active: false });
  const now = Date.now();
  if (!isUsers(answer.session)) {
    const reason = reasonOf(answer.state);
    return json({ status: 'unauthenticated', reason, session: null, now });
  }
  const wanted = new URL(request.url).searchParams.has('user');
  const user =
    wanted || config.getUser
      ? await userOf(config, current, sessions, { ...answer, session: answer.session })
      : undefined;
  if (user === null) return json({ status: 'unauthenticated', reason: null, session: null, now });
  return json({
    status: 'authenticated',
    reason: null,
    session: clientSession(present(answer.session)),
    ...(wanted && user && { user: clientUserOf(config, user, answer.session) }),
    now,
  });
}

// A form of a page without JavaScript wants a page.
function done(request: Request, page: string): Response {
  if (!(request.headers.get('accept') ?? '').includes('text/html')) return json({ done: true });
  const location = withBase(safePath(page), request);
  return new Response(null, { status: 303, headers: { location } });
}

function guarded(handler: Handler): Handler {
  return async (request) => {
    try {
      return await handler(request);
    } catch (error) {
      // The store has failed: nobody is logged out, the cookie stays.
      if (!isLatchkeyError(error) || error.retryable !== true) throw error;
      return json({ error: 'store_unavailable' }, 503, { 'retry-after': '5' });
    }
  };
}

function json(body: unknown, status = 200, headers: Record<string, string> = {}): Response {
  return Response.json(body, { status, headers: { 'cache-control': 'no-store', ...headers } });
}
