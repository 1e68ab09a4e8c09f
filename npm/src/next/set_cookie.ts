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

/** Tells whether a Cookie header has this name, or the first piece of a cookie that was cut. */
export function bringsCookie(header: string | null, name: string): boolean {
  return (header ?? '').split(/;[ \t]*/).some((sent) => {
    return sent.startsWith(`${name}=`) || sent.startsWith(`${name}.`);
  });
}
