import type { IncomingMessage, ServerResponse } from 'node:http';
import { isLatchkeyError } from '../errors';
import { pagesOf, type Engine } from './config';
import { isOwnOrigin } from './handlers';
import { loginPath } from './paths';
import { isUsers, present } from './present';
import type { Attributes, CreateOptions, Session, SessionsConfig } from './types';

type Answer = Pick<ServerResponse, 'getHeader' | 'setHeader' | 'writeHead' | 'end'>;

/** Sessions for `pages/`, where request and response are handed around. */
export function makePagesRouter<User, A extends Attributes>(
  config: SessionsConfig<User>,
  engine: () => Engine,
) {
  return {
    /** Makes a session and sets its cookie. */
    async create(
      request: IncomingMessage,
      response: Answer,
      userId: string | number,
      options: CreateOptions = {},
    ): Promise<string> {
      const { sessions } = engine();
      const userAgent = request.headers['user-agent'] ?? null;
      const { token, session } = await sessions.create(userId, { ...options, userAgent });
      add(response, sessions.setCookies(token, session, request.headers.cookie ?? null));
      return session.id;
    },

    /** Finds the session and keeps the cookie in step; null when there is none. */
    async verify(request: IncomingMessage, response: Answer): Promise<Session<A> | null> {
      const { sessions } = engine();
      const header = request.headers.cookie ?? null;
      const answer = await sessions.validateAsync(sessions.readCookie(header));
      if (answer.session && answer.fresh && answer.token) {
        add(response, sessions.setCookies(answer.token, answer.session, header));
      } else if (answer.state !== 'active' && !answer.keepCookie && header !== null) {
        if (header.includes(`${sessions.cookie.name}=`))
          add(response, sessions.blankCookies(header));
      }
      return isUsers(answer.session) ? present<A>(answer.session) : null;
    },

    /** What `getServerSideProps` returns to send a visitor to the login page. */
    toLogin(next?: string) {
      const destination = loginPath(pagesOf(config).login, null, next);
      return { redirect: { destination, permanent: false as const } };
    },

    /** An API route: `export default sessions.pagesRouter.logout`. */
    async logout(request: IncomingMessage, response: Answer): Promise<void> {
      const { sessions, origin } = engine();
      const { headers } = request;
      const sent = { origin: headers.origin, site: headers['sec-fetch-site'] };
      const own = isOwnOrigin(sent, origin);
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

function add(response: Answer, lines: readonly string[]): void {
  const before = response.getHeader('set-cookie');
  response.setHeader('set-cookie', [...[before ?? []].flat().map(String), ...lines]);
}

function answer(response: Answer, status: number, body: unknown): void {
  response.setHeader('cache-control', 'no-store');
  response.writeHead(status, { 'content-type': 'application/json' });
  response.end(JSON.stringify(body));
}
