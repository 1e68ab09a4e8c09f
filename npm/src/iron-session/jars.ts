// The places cookies are read from and written to.

import type { IncomingMessage, ServerResponse } from 'node:http';
import { parseCookies, setCookieLine, type Version } from './cookie_line';
import { putLine, setsCookie, type SetCookieLines } from './response_cookies';
import type {
  CookieJar,
  CookieOptions,
  CookieStore,
  RequestLike,
  ResponseCookie,
  ResponseLike,
} from './types';

const isFunction = (value: unknown): boolean => typeof value === 'function';

const BAD_USAGE =
  'iron-session: Bad usage: use getIronSession(req, res, options) or ' +
  'getIronSession(cookieStore, options).';

export function badUsage(detail = ''): Error {
  return new Error(BAD_USAGE + detail);
}

function isWebRequest(request: RequestLike): request is Request {
  return isFunction((request.headers as Headers | undefined)?.get);
}

function cookiesOf(request: RequestLike, version: Version): Map<string, string> {
  if (!request.headers) throw badUsage(' What was given as the request has no headers.');
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
const USED =
  'iron-session: Cannot set session cookie: the response body has already been consumed, ' +
  'so the Set-Cookie header would be dropped. Call session.save() before returning or ' +
  'streaming the response.';

function nodeLines(response: ServerResponse): SetCookieLines {
  return {
    list: () => {
      const lines = response.getHeader?.('set-cookie') ?? [];
      return Array.isArray(lines) ? lines : [String(lines)];
    },
    add: (line, kept) => {
      if (!isFunction(response.setHeader)) {
        throw badUsage(
          ' What was given as the response has neither headers.append nor setHeader; with ' +
            'Fastify pass request.raw and reply.raw.',
        );
      }
      response.setHeader('set-cookie', [...kept, line]);
    },
  };
}

// Headers of an old runtime do not list their cookies: there a line can only be added.
function webLines(headers: Headers): SetCookieLines {
  const list = () => (isFunction(headers.getSetCookie) ? headers.getSetCookie() : []);
  return {
    list,
    add: (line, kept) => {
      if (kept.length < list().length) {
        headers.delete('set-cookie');
        for (const one of kept) headers.append('set-cookie', one);
      }
      headers.append('set-cookie', line);
    },
  };
}

// By what it can do: a runtime may make requests in another realm than that of the program. A
// response of Express has a method `append`, too.
function headersOf(response: ResponseLike | Headers): Headers | undefined {
  const { headers, setHeader } = response as Partial<Response & ServerResponse>;
  if (isFunction(headers?.append)) return headers;
  return !isFunction(setHeader) && isFunction((response as Headers).append)
    ? (response as Headers)
    : undefined;
}

function jarOf(request: RequestLike, response: ResponseLike | Headers, version: Version) {
  const headers = headersOf(response);
  const lines = headers ? webLines(headers) : nodeLines(response as ServerResponse);
  const target = headers ?? response;
  return {
    ...reading(request, version),
    assertWritable: () => {
      if ((response as ServerResponse).headersSent) throw new Error(TOO_LATE);
      if (version === 9 && (response as Response).bodyUsed) throw new Error(USED);
    },
    write: (name: string, value: string, options: CookieOptions) =>
      putLine(target, lines, setCookieLine(name, value, options, version)),
    sets: (name: string, options: CookieOptions) => setsCookie(lines, name, options),
  };
}

/** The cookies of Node's http: Express, Connect, Next.js's API routes. */
export function nodeCookies(request: IncomingMessage, response: ServerResponse): CookieJar {
  return jarOf(request, response, 9);
}

/** The cookies of a web Request; written to a Response, or to Headers for one. */
export function webCookies(request: Request, response: Response | Headers): CookieJar {
  return jarOf(request, response, 9);
}

interface Cookies {
  get: (name: string) => { name: string; value: string } | undefined;
  getAll?: () => { name: string; value: string }[];
}

function valueOf(found: unknown): string | undefined {
  if (typeof found !== 'string') return (found as { value?: string } | undefined)?.value;
  throw badUsage(
    " The store's get() returns text, where that of Next.js returns {name, value}: pass a jar " +
      'instead, { read: (name) => store.get(name), write: (name, value, options) => ' +
      'store.set(name, value, options) }; with Fastify pass request.raw and reply.raw.',
  );
}

function readingFrom(cookies: Cookies): Pick<CookieJar, 'read' | 'names'> {
  return {
    read: (name) => valueOf(cookies.get(name)),
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

// One jar for each store, so that all sessions of a response know what was written to it.
const jars = new WeakMap<CookieStore, CookieJar>();

function storeCookies(store: CookieStore): CookieJar {
  let jar = jars.get(store);
  if (!jar) {
    jar = {
      ...readingFrom(store),
      write: (name, value, options) => {
        store.set(name, value, options as Partial<ResponseCookie>);
      },
    };
    jars.set(store, jar);
  }
  return jar;
}

/** The jar for the arguments of getIronSession, of version 9. */
export function findJar(first: object, second: object | undefined): CookieJar {
  if (second !== undefined) return jarOf(first as RequestLike, second as ResponseLike, 9);
  const { read, write, get, set } = first as Partial<CookieJar & CookieStore>;
  if (isFunction(read) && isFunction(write)) return first as CookieJar;
  if (isFunction(get) && isFunction(set)) return storeCookies(first as CookieStore);
  throw badUsage();
}

/** How long version 8 takes a cookie to be. */
export type CookieLength = (name: string, seal: string, options: CookieOptions) => number;

/** The jar for the arguments of getIronSession, of version 8. */
export function findOldJar(
  first: object,
  second: object | undefined,
): [jar: CookieJar, length: CookieLength] {
  if (second !== undefined) {
    const length: CookieLength = (...cookie) => setCookieLine(...cookie, 8).length;
    return [jarOf(first as RequestLike, second as ResponseLike, 8), length];
  }
  const length: CookieLength = (name, seal, options) =>
    name.length + seal.length + JSON.stringify(options).length;
  return [storeCookies(first as CookieStore), length];
}
