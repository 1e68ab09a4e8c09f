import { native } from 'latchkey/native';
import { textOf } from './arguments';
import { factBits, headersText, type RequestHeaders } from './facts';

/** What of a request tells where it comes from: a `Request` of the web and one of Node.js have it. */
export interface OriginRequest {
  method?: string | undefined;
  headers: RequestHeaders;
}

/** Why a request is not from our own pages; `allowed`: it is, or its method changes nothing. */
export type OriginVerdict =
  | 'allowed'
  | 'cross_site'
  | 'foreign_origin'
  | 'unproven_form'
  | 'repeated_header';

/**
 * Tells whether a request may change something: it comes from our own pages, or from no browser.
 * `publicUrl` is the address browsers use; the Host header decides nothing.
 */
export function checkOrigin(request: OriginRequest, publicUrl: string): OriginVerdict {
  const { method = 'GET', headers } = request;
  const url = textOf(publicUrl, 'publicUrl');
  return native().check_origin(null, factBits(method), headersText(headers), url);
}

/**
 * `path`, fit for a Location header, when it leads nowhere but into this site, otherwise `fallback`.
 * For where a log-in form is to lead: empty and dot segments, backslashes and control characters are
 * refused, encoded ones, too.
 */
export function safePath(path: unknown, fallback = '/'): string {
  const safe = typeof path === 'string' ? native().safe_redirect(path) : '';
  return safe === '' ? fallback : safe;
}
