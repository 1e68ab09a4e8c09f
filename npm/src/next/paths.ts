/**
 * Tells whether `path` is one of `rules` or lies below it. `/training` covers `/training/1` and not
 * `/trainings`; `/` covers only itself.
 */
export function covers(rules: readonly string[], path: string): boolean {
  const asked = normalise(path);
  return rules.some((rule) => {
    const wanted = normalise(rule.replace(/\/:\w+\*$|\/\*$/, ''));
    return asked === wanted || (wanted !== '/' && asked.startsWith(`${wanted}/`));
  });
}

/** One spelling for the paths that lead to one page. */
function normalise(path: string): string {
  let text = path;
  try {
    text = decodeURIComponent(path);
  } catch {
    // Not decodable: Next.js finds no page for it either.
  }
  const parts = text.split('/').filter((part) => part !== '' && part !== '.');
  return `/${parts.join('/')}`;
}

/** `path` when it leads nowhere but into this site, otherwise `fallback`. */
export function safePath(path: unknown, fallback = '/'): string {
  if (typeof path !== 'string' || !/^\/(?![/\\])/.test(path)) return fallback;
  // Browsers drop tabs and line ends from URLs, and read a backslash as a slash.
  if (/[\\\u0000-\u001f\u007f]/.test(path)) return fallback;
  // `/.//host` is `//host` once its dots are resolved, as routers do before they hand it on.
  const { pathname } = new URL(path, 'http://site.invalid');
  return pathname.startsWith('//') ? fallback : path;
}

/** `page` with what the login page is to know. */
export function loginPath(page: string, reason?: string | null, next?: string | null): string {
  const query = new URLSearchParams();
  if (reason) query.set('reason', reason);
  if (next && safePath(next, '') !== '') query.set('next', next);
  const text = query.toString();
  if (text === '') return page;
  return `${page}${page.includes('?') ? '&' : '?'}${text}`;
}
