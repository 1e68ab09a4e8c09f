// Cookie and Set-Cookie lines as the npm package cookie reads and writes them: version 2 for
// iron-session 9, version 0.7 for iron-session 8.

import { trimBlanks } from '../blanks';
import type { CookieOptions } from './types';

/** Which version of iron-session is followed. */
export type Version = 8 | 9;

const NAME = { 8: /^[!#$%&'*+\-.^_`|~\w]+$/, 9: /^[!-:<>-~]+$/ };
const DOMAIN = /^\.?[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?(\.[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?)*$/i;
const PATH = /^[ -:=-~]*$/;
const NEEDS_ENCODING = /[^!-~]|[",;\\%]/;
const PRIORITY: Record<string, string> = { low: 'Low', medium: 'Medium', high: 'High' };
const SAME_SITE: Record<string, string> = {
  true: 'Strict',
  strict: 'Strict',
  lax: 'Lax',
  none: 'None',
};

function invalid(version: Version, what: string, value: unknown): TypeError {
  return new TypeError(
    version === 8 ? `option ${what} is invalid` : `cookie ${what} is invalid: ${String(value)}`,
  );
}

function percentDecode(value: string): string {
  if (!value.includes('%')) return value;
  try {
    return decodeURIComponent(value);
  } catch {
    return value;
  }
}

// quoted values are taken out of their quotes by version 0.7 only.
function valueOf(text: string, version: Version): string {
  const value = trimBlanks(text);
  const quoted = version === 8 && value.length > 1 && value.startsWith('"') && value.endsWith('"');
  return percentDecode(quoted ? value.slice(1, -1) : value);
}

/** The cookies of a `Cookie` header; of two with one name the first counts. */
export function parseCookies(header: string, version: Version): Map<string, string> {
  const cookies = new Map<string, string>();
  for (const pair of header.split(';')) {
    const equals = pair.indexOf('=');
    if (equals < 0) continue;
    const name = trimBlanks(pair.slice(0, equals));
    if (!cookies.has(name)) cookies.set(name, valueOf(pair.slice(equals + 1), version));
  }
  return cookies;
}

function maxAge(value: number | null | undefined, version: Version): string {
  if (value === undefined || (version === 8 && value === null)) return '';
  const whole = version === 8 ? Math.floor(value as number) : value;
  const fine = version === 8 ? Number.isFinite(whole) : Number.isSafeInteger(whole);
  if (!fine) throw invalid(version, 'maxAge', value);
  return `; Max-Age=${whole}`;
}

function expires(date: Date | undefined, version: Version): string {
  if (!date) return '';
  if (!Number.isFinite(date.valueOf())) throw invalid(version, 'expires', date);
  return `; Expires=${date.toUTCString()}`;
}

function word(
  option: string,
  label: string,
  value: string | boolean | undefined,
  words: Record<string, string>,
  version: Version,
): string {
  if (!value) return '';
  const key = String(value).toLowerCase();
  if (!Object.hasOwn(words, key)) throw invalid(version, option, value);
  return `; ${label}=${words[key]}`;
}

function place(options: CookieOptions, version: Version): string {
  const { domain, path } = options;
  if (domain && !DOMAIN.test(domain)) throw invalid(version, 'domain', domain);
  if (path && !PATH.test(path)) throw invalid(version, 'path', path);
  return `${domain ? `; Domain=${domain}` : ''}${path ? `; Path=${path}` : ''}`;
}

/** A `Set-Cookie` line. */
export function setCookieLine(
  name: string,
  value: string,
  options: CookieOptions,
  version: Version,
): string {
  if (!NAME[version].test(name)) {
    throw new TypeError(
      version === 8 ? 'argument name is invalid' : `cookie name is invalid: ${name}`,
    );
  }
  const encoded = NEEDS_ENCODING.test(value) ? encodeURIComponent(value) : value;
  return (
    `${name}=${encoded}` +
    maxAge(options.maxAge, version) +
    place(options, version) +
    expires(options.expires, version) +
    (options.httpOnly ? '; HttpOnly' : '') +
    (options.secure ? '; Secure' : '') +
    (options.partitioned ? '; Partitioned' : '') +
    word('priority', 'Priority', options.priority, PRIORITY, version) +
    word('sameSite', 'SameSite', options.sameSite, SAME_SITE, version)
  );
}
