import { NextResponse } from 'next/server';
import { isLatchkeyError } from '../errors';
import { setCookiesOf, type Begun } from '../requests';
import { basePathOf, pagesOf, type Engine } from './config';
import { misuse } from './failures';
import { checkRules, covers, isAsset, loginPath, mayLeadTo, splitLocale, withBase } from './paths';
import { reasonOf, touches } from './present';
import { setCookies } from './set_cookie';
import type { BaseConfig, ProxyRequest, SessionsConfig } from './types';

export interface ProxyOptions {
  /** Paths only for users; without this list every path but the public ones. */
  protected?: readonly string[];
  /** Paths for everybody; the login page always is one. */
  public?: readonly string[];
  /** Languages that stand before a path, as in `/en/login`: rules are written without them. */
  locales?: readonly string[];
  /** false: a request that passes here is no activity. */
  touch?: boolean;
  /** @deprecated `touch`. */
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
    checkRules([...(options.protected ?? []), ...(options.public ?? [])]);
    const { pathname } = request.nextUrl;
    // The status route decides for itself, and asking it is no activity.
    if (covers([basePathOf(config)], pathname)) return NextResponse.next();
    const guarded = isGuarded(config, options, pathname);
    const { sessions, origin } = engine();
    let begun: Begun;
    try {
      begun = await sessions.begin(request, {
        passive: !touches(options),
        // What a page of another site may do is for those to say who do it.
        crossSite: true,
        // A Server Action that logs in can send no header, so the page after it offers.
        offerDevice: true,
        page: mayBePage(request) && !request.headers.has('sec-fetch-mode'),
      });
    } catch (error) {
      if (!isLatchkeyError(error) || error.retryable !== true) throw error;
      return guarded ? unavailable() : NextResponse.next();
    }
    const response =
      begun.state === 'user' || !guarded
        ? NextResponse.next()
        : refusal(loginOf(config, options, request, begun), request, origin);
    const cookies = setCookiesOf(begun.headers);
    setCookies(response, cookies);
    for (const [name, value] of begun.headers) {
      if (name === 'Secure-Session-Registration') response.headers.set(name, value);
    }
    // The page may be the same for everybody, and then shared caches would hand out this cookie.
    if (cookies.length > 0) response.headers.set('cache-control', 'private, no-store');
    return response;
  };
}

function isGuarded(config: BaseConfig, options: ProxyOptions, pathname: string): boolean {
  const { login } = pagesOf(config);
  const { rest } = splitLocale(pathname, options.locales);
  const loginPathname = login.split('?')[0] ?? login;
  if (covers([loginPathname, ...(options.public ?? [])], rest)) return false;
  if (!options.protected) return !isAsset(pathname);
  return mayLeadTo(options.protected, pathname, options.locales);
}

const reads = ({ method }: ProxyRequest) => method === 'GET' || method === 'HEAD';

// Next.js runs an action for a POST with such an id, and for nothing else with this header.
const isAction = ({ method, headers }: ProxyRequest) =>
  method === 'POST' && /^(?:[0-9a-f]{2})?[0-9a-f]{40}$/.test(headers.get('next-action') ?? '');

/** The login page, in the language of the path, with what it is to know. */
function loginOf(
  config: BaseConfig,
  options: ProxyOptions,
  request: ProxyRequest,
  { state }: Begun,
): string {
  const { pathname, search, locale, defaultLocale } = request.nextUrl;
  const returns = reads(request) || isAction(request);
  const next = returns ? pathname + withoutInternals(search) : null;
  const target = loginPath(pagesOf(config).login, reasonOf(state), next);
  // Next.js takes its own languages off the path by itself, and adds the default one.
  const own = locale && locale !== defaultLocale ? `/${locale}` : '';
  const prefix = splitLocale(pathname, options.locales).prefix || own;
  return target.startsWith('/') ? prefix + target : target;
}

/** Whether a person may be waiting for a page: who is no browser says so, or asks for JSON. */
function mayBePage(request: ProxyRequest): boolean {
  const { headers } = request;
  const accept = headers.get('accept') ?? '';
  if (accept.includes('text/html') || headers.has('next-url') || headers.has('rsc')) return true;
  if (headers.get('sec-fetch-dest') === 'document') return true;
  return reads(request) && !accept.includes('json');
}

// A page is sent to the login page, and so is a Server Action, in the way its caller understands;
// every other request is told.
function refusal(login: string, request: ProxyRequest, origin: string): NextResponse {
  if (isAction(request)) {
    const headers = { 'x-action-redirect': `${login};push`, 'cache-control': 'no-store' };
    return new NextResponse(null, { status: 303, headers });
  }
  if (!mayBePage(request)) return NextResponse.json({ error: 'no_session' }, { status: 401 });
  // To the public URL, so that a foreign Host header has no effect.
  const target = new URL(withBase(login, request), origin);
  return NextResponse.redirect(target, reads(request) ? 307 : 303);
}

// What the router adds for itself does not belong into an address.
function withoutInternals(search: string): string {
  const query = new URLSearchParams(search);
  query.delete('_rsc');
  const text = query.toString();
  return text === '' ? '' : `?${text}`;
}

function unavailable(): NextResponse {
  return NextResponse.json(
    { error: 'store_unavailable' },
    { status: 503, headers: { 'retry-after': '5' } },
  );
}
