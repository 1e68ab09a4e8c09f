import type { CookieToSet } from './types';

/** Takes apart a Set-Cookie value that the core has written. */
export function parseSetCookie(text: string): CookieToSet {
  const [first = '', ...attributes] = text.split(';').map((part) => part.trim());
  const { name, value } = pair(first);
  const cookie: CookieToSet = { name, value };
  for (const attribute of attributes) {
    const { name: key, value: given } = pair(attribute);
    switch (key.toLowerCase()) {
      case 'path':
        cookie.path = given;
        break;
      case 'domain':
        cookie.domain = given;
        break;
      case 'max-age':
        cookie.maxAge = Number(given);
        break;
      case 'expires':
        cookie.expires = new Date(given);
        break;
      case 'httponly':
        cookie.httpOnly = true;
        break;
      case 'secure':
        cookie.secure = true;
        break;
      case 'partitioned':
        cookie.partitioned = true;
        break;
      case 'samesite':
        cookie.sameSite = given.toLowerCase() as 'lax' | 'strict' | 'none';
        break;
    }
  }
  return cookie;
}

function pair(text: string): { name: string; value: string } {
  const equals = text.indexOf('=');
  if (equals < 0) return { name: text, value: '' };
  return { name: text.slice(0, equals), value: text.slice(equals + 1) };
}

/**
 * Writes Set-Cookie values into a response of Next.js. Its `cookies` have one of each name, the last:
 * the core's order puts first what deletes a cookie of the same name in another scope.
 */
export function setCookies(
  response: { headers: Headers; cookies: { set(cookie: CookieToSet): unknown } },
  lines: readonly string[],
): void {
  const nameOf = (line: string) => line.slice(0, line.indexOf('='));
  const isLast = (line: string, i: number) =>
    !lines.slice(i + 1).some((later) => nameOf(later) === nameOf(line));
  const elsewhere = lines.filter((line, i) => !isLast(line, i));
  for (const line of lines.filter(isLast)) response.cookies.set(parseSetCookie(line));
  if (elsewhere.length === 0) return;
  const own = response.headers.getSetCookie();
  response.headers.delete('set-cookie');
  for (const line of [...elsewhere, ...own]) response.headers.append('set-cookie', line);
}
