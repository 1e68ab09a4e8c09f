import { appBasePath } from '../base_path';
import { safePath } from '../guard';
import { misuse } from './failures';

// The two ways to compare a path with a rule differ in what a doubt means. A protected path is
// recognised in every spelling that some router, rewrite or proxy may read as it; a public path only
// in its own spelling.

/** Tells whether `path` may lead to one of `rules`, or below it. `/` leads only to itself. */
export function mayLeadTo(
  rules: readonly string[],
  path: string,
  locales: readonly string[] = [],
): boolean {
  const spellings = spellingsOf(path).flatMap((text) => [text, splitLocale(text, locales).rest]);
  return rules.some((rule) => {
    const wanted = lenient(plain(rule));
    return spellings.some((asked) => isBelow(wanted, asked));
  });
}

/**
 * Tells whether `path` is one of `rules` or lies below it, without a doubt. `/training` covers
 * `/training/1` and not `/trainings`; `/` covers only itself.
 */
export function covers(rules: readonly string[], path: string): boolean {
  const asked = joined(decode(path));
  if (/%(?:2f|5c|00)/i.test(path) || /\/\.\.|\\/.test(asked)) return false;
  return rules.some((rule) => isBelow(joined(decode(plain(rule))), asked));
}

/** Refuses a rule that would silently match nothing. */
export function checkRules(rules: readonly string[]): void {
  for (const rule of rules) {
    const path = plain(rule);
    if (/^\/[^:*?#()]*$/.test(path) && (path !== '/' || rule === '/')) continue;
    throw misuse(
      `proxy() cannot use the path '${String(rule)}': write '/account', which covers everything ` +
        "below it too. To guard every path, give {public: [...]} alone. For a language before " +
        "the path, give {locales: ['en', 'de']}",
    );
  }
}

/** Files of Next.js's own, which no page's data is in. */
export function isAsset(path: string): boolean {
  const spellings = [path, ...spellingsOf(path)];
  return spellings.every((asked) => /^\/_next\/(?!data\/)/.test(asked));
}

/** Takes the language off a path: `/en/account` is `/account` in `/en`. */
export function splitLocale(
  path: string,
  locales: readonly string[] = [],
): { prefix: string; rest: string } {
  const [, first = ''] = /^\/([^/]*)/.exec(path) ?? [];
  const locale = locales.find((known) => known.toLowerCase() === first.toLowerCase());
  if (locale === undefined) return { prefix: '', rest: path };
  return { prefix: `/${locale}`, rest: path.slice(first.length + 1) || '/' };
}

// `/:path*` and `/*` at the end say what holds anyway: everything below.
function plain(rule: string): string {
  return String(rule).replace(/\/:\w+\*$|\/\*$/, '') || '/';
}

function isBelow(wanted: string, asked: string): boolean {
  return asked === wanted || (wanted !== '/' && asked.startsWith(`${wanted}/`));
}

// The page's address is also the address of its data, with these around it.
const DATA = /^\/_next\/data\/[^/]+(\/.*?)(?:\.json)?$/;
const TRANSPORT = /(?:\.segments(?:\/.*)?|(?:\.prefetch|\.segment)?\.rsc)$/;

function spellingsOf(path: string): string[] {
  const given = lenient(path);
  const bare = (DATA.exec(given)?.[1] ?? given).replace(TRANSPORT, '') || '/';
  return [given, bare, resolved(given), resolved(bare)];
}

// Redirects and rewrites of next.config compare without regard to case.
function lenient(path: string): string {
  return joined(decode(path).replaceAll('\\', '/').toLowerCase());
}

function joined(path: string): string {
  const parts = path.split('/').filter((part) => part !== '' && part !== '.');
  return `/${parts.join('/')}`;
}

function resolved(path: string): string {
  const parts: string[] = [];
  for (const part of path.split('/')) {
    if (part === '..') parts.pop();
    else if (part !== '') parts.push(part);
  }
  return `/${parts.join('/')}`;
}

// Runs of escapes are decoded one by one: a broken one does not keep the others from being read.
function decode(path: string): string {
  return path.replace(/(?:%[0-9a-f]{2})+/gi, (escapes) => {
    try {
      return decodeURIComponent(escapes);
    } catch {
      return escapes.replace(/%[2-7][0-9a-f]/gi, (one) => decodeURIComponent(one));
    }
  });
}

/** `page` with what the login page is to know. */
export function loginPath(page: string, reason?: string | null, next?: string | null): string {
  const query = new URLSearchParams();
  if (reason) query.set('reason', reason);
  const safe = safePath(next, '');
  if (safe !== '') query.set('next', safe);
  const text = query.toString();
  if (text === '') return page;
  return `${page}${page.includes('?') ? '&' : '?'}${text}`;
}

/** A path with Next.js's base path before it; the address of another site stays as it is. */
export function withBase(path: string, request: object): string {
  const { nextUrl } = request as { nextUrl?: { basePath?: string } };
  // A route handler is not told of it, and the proxy's copy of this module may not be bundled.
  return path.startsWith('/') ? (nextUrl?.basePath || appBasePath()) + path : path;
}
