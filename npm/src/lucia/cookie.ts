import { trimBlanks } from '../blanks';

export interface CookieAttributes {
  secure?: boolean;
  path?: string;
  domain?: string;
  sameSite?: 'lax' | 'strict' | 'none';
  httpOnly?: boolean;
  maxAge?: number;
  expires?: Date;
}

const SAME_SITE = { lax: 'Lax', strict: 'Strict', none: 'None' };

/** A cookie to be set: pass its parts to a framework, or `serialize()` into a Set-Cookie header. */
export class Cookie {
  constructor(
    readonly name: string,
    readonly value: string,
    readonly attributes: CookieAttributes,
  ) {}

  serialize(): string {
    const { domain, expires, httpOnly, maxAge, path, sameSite, secure } = this.attributes ?? {};
    const parts = [`${encodeURIComponent(this.name)}=${encodeURIComponent(this.value)}`];
    if (domain !== undefined) parts.push(`Domain=${domain}`);
    if (expires !== undefined) parts.push(`Expires=${expires.toUTCString()}`);
    if (httpOnly) parts.push('HttpOnly');
    if (maxAge !== undefined) parts.push(`Max-Age=${maxAge}`);
    if (path !== undefined) parts.push(`Path=${path}`);
    if (sameSite !== undefined && sameSite in SAME_SITE) {
      parts.push(`SameSite=${SAME_SITE[sameSite]}`);
    }
    if (secure) parts.push('Secure');
    return parts.join('; ');
  }
}

/**
 * findCookie returns the value of the last cookie called `name`, or null when there is none or it is
 * empty. Other cookies, however malformed, are ignored; names are not decoded.
 */
export function findCookie(header: string, name: string): string | null {
  let found = '';
  for (const part of header.split(';')) {
    const middle = part.indexOf('=');
    if (middle < 0 || trimBlanks(part.slice(0, middle)) !== name) continue;
    found = trimBlanks(part.slice(middle + 1));
  }
  if (found === '') return null;
  try {
    return decodeURIComponent(found);
  } catch {
    return found; // no id looks like this, so it opens nothing
  }
}

/** findBearer returns the token of an Authorization header; the scheme's case does not matter. */
export function findBearer(header: string): string | null {
  return /^[ \t]*bearer[ \t]+([^ \t]+)/i.exec(header)?.[1] ?? null;
}

export type TimeSpanUnit = 'ms' | 's' | 'm' | 'h' | 'd' | 'w';

const MILLIS = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const;
const WEEK = 604_800_000;

export class TimeSpan {
  constructor(
    public value: number,
    public unit: TimeSpanUnit,
  ) {}

  milliseconds(): number {
    return this.value * (MILLIS[this.unit as keyof typeof MILLIS] ?? WEEK);
  }

  seconds(): number {
    return this.milliseconds() / 1000;
  }

  transform(x: number): TimeSpan {
    return new TimeSpan(Math.round(this.milliseconds() * x), 'ms');
  }
}

function hostOf(url: string): string | null {
  try {
    return new URL(url).host || null;
  } catch {
    return null;
  }
}

/**
 * verifyRequestOrigin tells whether the host of an Origin header is one of `allowedDomains`: hosts,
 * or URLs of which the host counts. The scheme is not compared.
 */
export function verifyRequestOrigin(origin: string, allowedDomains: string[]): boolean {
  if (!origin) return false;
  const host = hostOf(origin);
  if (host === null) return false;
  return allowedDomains.some((domain) => {
    const isUrl = domain.startsWith('http://') || domain.startsWith('https://');
    return hostOf(isUrl ? domain : `https://${domain}`) === host;
  });
}
