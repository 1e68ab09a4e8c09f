/** Browsers say where a POST comes from; the Host header decides nothing. */
export function isOwnOrigin(
  sent: { origin?: string | null | undefined; site?: unknown },
  origin: string,
): boolean {
  return sent.origin ? sent.origin === origin : sent.site === 'same-origin';
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
