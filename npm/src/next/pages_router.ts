import type { IncomingMessage, ServerResponse } from 'node:http';
import { isLatchkeyError } from '../errors';
import { beginSession } from './begin';
import { pagesOf, type Engine } from './config';
import { isOwnOrigin, originOf } from './origin';
import { loginPath } from './paths';
import { isPrefetch } from './prefetch';
import { isUsers, present } from './present';
import { bringsCookie } from './set_cookie';
import type { Attributes, CreateOptions, Session, SessionsConfig } from './types';

/** What is used of a response: of `getServerSideProps`, or of an API route. */
export interface PagesResponse extends Pick<
  ServerResponse,
  'getHeader' | 'setHeader' | 'writeHead' | 'end'
> {}

/** Sessions for `pages/`, where request and response are handed around. */
export function makePagesRouter<User, A extends Attributes>(
  config: SessionsConfig<User>,
  engine: () => Engine,
) {
  return {
    /** Makes a session and sets its cookie. An older session of this browser ends. */
    async create(
      request: IncomingMessage,
      response: PagesResponse,
      userId: string | number,
      options: CreateOptions = {},
    ): Promise<string> {
      const { sessions } = engine();
      const headers = headersOf(request);
      const header = headers.get('cookie');
      const asked = { touch: false, fresh: true };
      const before = await sessions.validateAsync(sessions.readCookie(header), asked);
      const { token, session } = await beginSession(sessions, before.session, userId, {
        ...options,
        userAgent: headers.get('user-agent'),
        address: config.clientAddress?.(headers) ?? null,
      });
      add(response, sessions.setCookies(token, session, header));
      return session.id;
    },

    /** Finds the session and keeps the cookie in step; null when there is none. */
    async verify(request: IncomingMessage, response: PagesResponse): Promise<Session<A> | null> {
      const { sessions } = engine();
      const headers = headersOf(request);
      const header = headers.get('cookie');
      const touch = !isPrefetch(headers);
      const answer = await sessions.validateAsync(sessions.readCookie(header), { touch });
      if (answer.session && answer.fresh && answer.token) {
        add(response, sessions.setCookies(answer.token, answer.session, header));
      } else if (answer.state !== 'active' && !answer.keepCookie) {
        const brought = bringsCookie(header, sessions.cookie.name);
        if (brought) add(response, sessions.blankCookies(header));
      }
      const { session } = answer;
      if (!isUsers(session)) return null;
      // A user who is gone from the application's own table.
      if (config.getUser && (await config.getUser(session.userId)) === null) return null;
      return present<A>(session);
    },

    /** What `getServerSideProps` returns to send a visitor to the login page. */
    toLogin(next?: string) {
      const destination = loginPath(pagesOf(config).login, null, next);
      return { redirect: { destination, permanent: false as const } };
    },

    /** An API route: `export default sessions.pagesRouter.logout`. */
    async logout(request: IncomingMessage, response: PagesResponse): Promise<void> {
      const { sessions, origin } = engine();
      const { headers } = request;
      const own = isOwnOrigin(originOf(headersOf(request)), origin);
      if (request.method !== 'POST' || !own) {
        return answer(response, request.method === 'POST' ? 403 : 405, { error: 'refused' });
      }
      try {
        const header = headers.cookie ?? null;
        const token = sessions.readCookie(header);
        if (token !== null) await sessions.revoke(token);
        add(response, sessions.blankCookies(header));
        answer(response, 200, { message: 'Logged out successfully' });
      } catch (error) {
        if (!isLatchkeyError(error) || error.retryable !== true) throw error;
        answer(response, 503, { error: 'store_unavailable' });
      }
    },
  };
}

function headersOf({ headers }: IncomingMessage): Headers {
  const entries = Object.entries(headers).flatMap(([name, value]) =>
    // What HTTP/2 calls `:path` and the like are no headers.
    name.startsWith(':') ? [] : [value ?? []].flat().map((text): [string, string] => [name, text]),
  );
  return new Headers(entries);
}

function add(response: PagesResponse, lines: readonly string[]): void {
  const before = response.getHeader('set-cookie');
  response.setHeader('set-cookie', [...[before ?? []].flat().map(String), ...lines]);
}

function answer(response: PagesResponse, status: number, body: unknown): void {
  response.setHeader('cache-control', 'no-store');
  response.writeHead(status, { 'content-type': 'application/json' });
  response.end(JSON.stringify(body));
}
