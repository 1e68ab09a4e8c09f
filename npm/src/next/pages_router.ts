import type { IncomingMessage, ServerResponse } from 'node:http';
import { isLatchkeyError } from '../errors';
import type { RequestFacts } from '../facts';
import { setCookiesOf, type HeaderLine } from '../requests';
import { pagesOf, type Engine } from './config';
import { forbidden } from './failures';
import { loginPath } from './paths';
import { isUsers, present } from './present';
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
      const address = config.clientAddress?.(headersOf(request)) ?? null;
      const entry = { ...options, userId, address };
      // Who the user is, the program has found out, often with a page of another site.
      const facts = { crossSite: true };
      const { session, headers } = await engine().sessions.change(
        request,
        'logInUser',
        entry,
        facts,
      );
      add(response, headers);
      if (!session) throw forbidden(); // the user is disabled
      return session.id;
    },

    /** Finds the session and keeps the cookie in step; null when there is none. */
    async verify(request: IncomingMessage, response: PagesResponse): Promise<Session<A> | null> {
      const { session, headers } = await engine().sessions.begin(request, factsOf(request));
      add(response, headers);
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
      if (request.method !== 'POST') return answer(response, 405, { error: 'refused' });
      try {
        const { headers } = await engine().sessions.change(request, 'logOut');
        add(response, headers);
        answer(response, 200, { message: 'Logged out successfully' });
      } catch (error) {
        if (!isLatchkeyError(error)) throw error;
        if (error.code === 'ERR_LATCHKEY_ORIGIN_REFUSED') {
          return answer(response, 403, { error: 'refused' });
        }
        if (error.retryable !== true) throw error;
        answer(response, 503, { error: 'store_unavailable' });
      }
    },
  };
}

// Everything but the API routes is a page. What a page of another site may do is for those to say who
// do it.
function factsOf({ url }: IncomingMessage): RequestFacts {
  return { crossSite: true, page: !/^(?:\/[^?]*)?\/api\//.test(url ?? '') };
}

function headersOf({ headers }: IncomingMessage): Headers {
  const entries = Object.entries(headers).flatMap(([name, value]) =>
    // What HTTP/2 calls `:path` and the like are no headers.
    name.startsWith(':') ? [] : [value ?? []].flat().map((text): [string, string] => [name, text]),
  );
  return new Headers(entries);
}

function add(response: PagesResponse, headers: readonly HeaderLine[]): void {
  const lines = setCookiesOf(headers);
  if (lines.length === 0) return;
  const before = response.getHeader('set-cookie');
  response.setHeader('set-cookie', [...[before ?? []].flat().map(String), ...lines]);
}

function answer(response: PagesResponse, status: number, body: unknown): void {
  response.setHeader('cache-control', 'no-store');
  response.writeHead(status, { 'content-type': 'application/json' });
  response.end(JSON.stringify(body));
}
