/** What a browser says of where a request comes from. */
export interface SentOrigin {
  origin?: string | null | undefined;
  site?: unknown;
}

export function originOf(headers: Headers): SentOrigin {
  return { origin: headers.get('origin'), site: headers.get('sec-fetch-site') };
}

/**
 * Browsers say where a POST comes from; the Host header decides nothing. `Origin: null` says nothing:
 * a form of our own sends it under `Referrer-Policy: no-referrer`, and so does a frame of anybody.
 * Sec-Fetch-Site, which no page can set, tells the two apart.
 */
export function isOwnOrigin({ origin, site }: SentOrigin, expected: string): boolean {
  return origin && origin !== 'null' ? origin === expected : site === 'same-origin';
}

/**
 * Tells whether a browser sent this for a page of another site. Less strict than isOwnOrigin: a part
 * of the own site under another name, and programs that are no browser, may log people in.
 */
export function isForeign(headers: Headers, origin: string): boolean {
  const site = headers.get('sec-fetch-site');
  if (site !== null) return site === 'cross-site';
  const sent = headers.get('origin');
  if (sent === null || sent === origin) return false;
  return !URL.canParse(sent) || new URL(sent).host !== headers.get('host');
}
