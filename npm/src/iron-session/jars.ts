// The places cookies are read from and written to.

import type { IncomingMessage, ServerResponse } from 'node:http';
import { parseCookies, setCookieLine, type Version } from './cookie_line';
import type {
  CookieJar,
  CookieOptions,
  CookieStore,
  RequestLike,
  ResponseCookie,
  ResponseLike,
} from './types';

const isFunction = (value: unknown): boolean => typeof value === 'function';

function isWebRequest(request: RequestLike): request is Request {
  return isFunction((request as Request).headers.get);
}

function cookiesOf(request: RequestLike, version: Version): Map<string, string> {
  const header = isWebRequest(request) ? request.headers.get('cookie') : request.headers.cookie;
  return parseCookies(header ?? '', version);
}

function reading(request: RequestLike, version: Version): Pick<CookieJar, 'read' | 'names'> {
  return {
    read: (name) => cookiesOf(request, version).get(name),
    names: () => [...cookiesOf(request, version).keys()],
  };
}

const TOO_LATE =
  'iron-session: Cannot set session cookie: session.save() was called after headers were sent. ' +
  'Make sure to call it before any res.send() or res.end()';

function assertUnsent(response: { headersSent?: boolean }): void {
  if (response.headersSent) throw new Error(TOO_LATE);
}

function append(response: ServerResponse, line: string): void {
  const before = response.getHeader('set-cookie') ?? [];
  const lines = Array.isArray(before) ? before : [String(before)];
  response.setHeader('set-cookie', [...lines, line]);
}

/** The cookies of Node's http: Express, Connect, Next.js's API routes. */
export function nodeCookies(request: IncomingMessage, response: ServerResponse): CookieJar {
  return {
    ...reading(request, 9),
    assertWritable: () => assertUnsent(response),
    write: (name, value, options) => append(response, setCookieLine(name, value, options, 9)),
  };
}

/** The cookies of a web Request; written to a Response, or to Headers for one. */
export function webCookies(request: Request, response: Response | Headers): CookieJar {
  const headers = response instanceof Headers ? response : response.headers;
  return {
    ...reading(request, 9),
    assertWritable: () => {
      if (response instanceof Response && response.bodyUsed) {
        throw new Error(
          'iron-session: Cannot set session cookie: the response body has already been consumed, ' +
            'so the Set-Cookie header would be dropped. Call session.save() before returning or ' +
            'streaming the response.',
        );
      }
    },
    write: (name, value, options) => {
      headers.append('set-cookie', setCookieLine(name, value, options, 9));
    },
  };
}

interface Cookies {
  get: (name: string) => { name: string; value: string } | undefined;
  getAll?: () => { name: string; value: string }[];
}

function readingFrom(cookies: Cookies): Pick<CookieJar, 'read' | 'names'> {
  return {
    read: (name) => cookies.get(name)?.value,
    names: () => cookies.getAll?.().map((cookie) => cookie.name) ?? [],
  };
}

/**
 * The cookies of Next.js's proxy or middleware. What is written goes to the browser and is seen by
 * the page that is rendered for the same request.
 */
export function nextProxyCookies(
  request: { cookies: Cookies & { set: (name: string, value: string) => unknown } },
  response: {
    cookies: {
      set: (name: string, value: string, options: Partial<ResponseCookie>) => unknown;
    };
  },
): CookieJar {
  return {
    ...readingFrom(request.cookies),
    write: (name, value, options) => {
      response.cookies.set(name, value, options as Partial<ResponseCookie>);
      request.cookies.set(name, value);
    },
  };
}

function storeCookies(store: CookieStore): CookieJar {
  return {
    ...readingFrom(store),
    write: (name, value, options) => {
      store.set(name, value, options as Partial<ResponseCookie>);
    },
  };
}

const BAD_USAGE =
  'iron-session: Bad usage: use getIronSession(req, res, options) or ' +
  'getIronSession(cookieStore, options).';

/** The jar for the arguments of getIronSession, of version 9. */
export function findJar(first: object, second: unknown): CookieJar {
  if (second !== undefined) {
    const request = first as RequestLike;
    return isWebRequest(request)
      ? webCookies(request, second as Response)
      : nodeCookies(request, second as ServerResponse);
  }
  const { read, write, get, set } = first as Partial<CookieJar & CookieStore>;
  if (isFunction(read) && isFunction(write)) return first as CookieJar;
  if (isFunction(get) && isFunction(set)) return storeCookies(first as CookieStore);
  throw new Error(BAD_USAGE);
}

/** Where version 8 writes, and how long it takes a cookie to be. */
export interface OldJar extends CookieJar {
  length: (name: string, seal: string, options: CookieOptions) => number;
}

/** The jar for the arguments of getIronSession, of version 8. */
export function findOldJar(first: object, second: unknown): OldJar {
  if (second === undefined) {
    const store = first as CookieStore;
    return {
      ...storeCookies(store),
      length: (name, seal, options) => name.length + seal.length + JSON.stringify(options).length,
    };
  }
  const response = second as ResponseLike;
  const line = (name: string, value: string, options: CookieOptions) =>
    setCookieLine(name, value, options, 8);
  return {
    ...reading(first as RequestLike, 8),
    assertWritable: () => assertUnsent(response as ServerResponse),
    write: (name, value, options) => {
      const headers = (response as Response).headers as Headers | undefined;
      if (isFunction(headers?.append)) headers?.append('set-cookie', line(name, value, options));
      else append(response as ServerResponse, line(name, value, options));
    },
    length: (name, seal, options) => line(name, seal, options).length,
  };
}

export function badUsage(): Error {
  return new Error(BAD_USAGE);
}
