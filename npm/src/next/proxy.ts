import { NextResponse } from 'next/server';
import { isLatchkeyError } from '../errors';
import type { Sessions } from '../sessions';
import type { Validation } from '../sessions_types';
import { basePathOf, pagesOf, type Engine } from './config';
import { misuse } from './failures';
import { covers, loginPath } from './paths';
import { isPrefetch } from './prefetch';
import { isUsers } from './present';
import { bringsCookie, setCookies } from './set_cookie';
import type { ProxyRequest, SessionsConfig } from './types';

export interface ProxyOptions {
  /** Paths only for users; without this list every path but the public ones. */
  protected?: readonly string[];
  /** Paths for everybody; the login page always is one. */
  public?: readonly string[];
  /** false: a request that passes here is no activity. */
  renew?: boolean;
}

/**
 * Makes the function for `proxy.ts`: it sends visitors without a session to the login page, keeps
 * cookies in step and deletes bad ones. A convenience: pages, actions and handlers are guarded by
 * `verifySession` where they read data.
 */
export function makeProxy<User>(config: SessionsConfig<User>, engine: () => Engine) {
  return async (request: ProxyRequest, options: ProxyOptions = {}): Promise<Response> => {
    if (!options.protected && !options.public) {
      throw misuse(
        'proxy(request, {protected: [...]}) or {public: [...]} says which paths are whose',
      );
    }
    const { pathname } = request.nextUrl;
    // The status route decides for itself, and asking it is no activity.
    if (covers([basePathOf(config)], pathname)) return NextResponse.next();
    const guarded = isGuarded(config, options, pathname);
    const { sessions, origin } = engine();
    const header = request.headers.get('cookie');
    const touch = options.renew !== false && !isPrefetch(request.headers);
    let answer: Validation;
    try {
      answer = await sessions.validateAsync(sessions.readCookie(header), { touch });
    } catch (error) {
      if (!isLatchkeyError(error) || error.retryable !== true) throw error;
      return guarded ? unavailable() : NextResponse.next();
    }
    const response =
      isUsers(answer.session) || !guarded
        ? NextResponse.next()
        : refusal(config, request, answer, origin);
    keepCookieInStep(response, sessions, answer, header);
    return response;
  };
}

function isGuarded(config: SessionsConfig, options: ProxyOptions, pathname: string): boolean {
  const { login } = pagesOf(config);
  const loginPathname = login.split('?')[0] ?? login;
  if (covers([loginPathname, ...(options.public ?? [])], pathname)) return false;
  return options.protected ? covers(options.protected, pathname) : !pathname.startsWith('/_next/');
}

// A page is sent to the login; a Server Action passes, because its own check answers in a way the
// page understands; every other request is told.
function refusal(
  config: SessionsConfig,
  request: ProxyRequest,
  answer: Validation,
  origin: string,
): NextResponse {
  const reads = request.method === 'GET' || request.method === 'HEAD';
  if (!reads && request.headers.has('next-action')) return NextResponse.next();
  const wantsPage =
    (request.headers.get('accept') ?? '').includes('text/html') ||
    request.headers.has('next-url') ||
    request.headers.has('rsc');
  if (!wantsPage && request.headers.get('sec-fetch-dest') !== 'document') {
    if (!reads || request.headers.get('accept')?.includes('json')) {
      return NextResponse.json({ error: 'no_session' }, { status: 401 });
    }
  }
  const { pathname, search } = request.nextUrl;
  const reason = answer.state === 'expired' || answer.state === 'revoked' ? answer.state : null;
  const next = reads ? pathname + withoutInternals(search) : null;
  const target = loginPath(pagesOf(config).login, reason, next);
  // To the public URL: whoever sends a foreign Host header is not led there.
  const home = origin + (request.nextUrl.basePath ?? '');
  return NextResponse.redirect(new URL(home + target), reads ? 307 : 303);
}

// What the router adds for itself does not belong into an address.
function withoutInternals(search: string): string {
  const query = new URLSearchParams(search);
  query.delete('_rsc');
  const text = query.toString();
  return text === '' ? '' : `?${text}`;
}

function keepCookieInStep(
  response: NextResponse,
  sessions: Sessions,
  answer: Validation,
  header: string | null,
): void {
  let lines: string[] = [];
  if (answer.session && answer.fresh && answer.token) {
    lines = sessions.setCookies(answer.token, answer.session, header);
  } else if (answer.state !== 'active' && !answer.keepCookie && bringsCookie(header, sessions.cookie.name)) {
    lines = sessions.blankCookies(header);
  }
  setCookies(response, lines);
  // The page may be the same for everybody, and then shared caches would hand out this cookie.
  if (lines.length > 0) response.headers.set('cache-control', 'private, no-store');
}

function unavailable(): NextResponse {
  return NextResponse.json(
    { error: 'store_unavailable' },
    { status: 503, headers: { 'retry-after': '5' } },
  );
}
