import { covers, splitLocale } from '../next/paths';
import type { Finding } from './checks';
import { reached, type Modules } from './modules';
import { codeOnly } from './project';
import { answers, type Route } from './routes';
import { callsOfCreate, literalOf } from './settings';

const CHECKS = new RegExp(
  '\\b(?:verifySession|verifyAuth|getSession|checkSession|requireRecentLogin|listSessions' +
    '|validate(?:Async|Session|Request)?|pagesRouter\\s*\\.\\s*verify)\\s*\\(',
);

/**
 * Pages and handlers that the proxy alone guards. It is passed in more ways than one, a Server Action
 * of another page among them, so the check belongs where data is read. A layout is none: it is not
 * rendered again when one of its pages is.
 */
export function unguarded(
  proxy: string,
  routes: readonly Route[],
  files: Modules,
  base: string,
): Finding[] {
  const rules = rulesOf(files.get(proxy) ?? '');
  if (rules === null) return [];
  return routes
    .filter(({ path }) => isProtected(rules, path))
    .filter(({ file }) => !reached(file, files, base).some((module) => checks(module, file, files)))
    .map(({ file, path }) => ({
      where: file,
      what:
        `only the proxy guards ${path}, and it is not the only way in: call verifySession() or ` +
        'verifyAuth() where data is read',
    }));
}

interface Rules {
  protected: string[] | null;
  public: string[];
  locales: boolean;
}

/** What a call of proxy() names in its file, as far as it is written out there; null: nothing. */
function rulesOf(text: string): Rules | null {
  const list = (name: string) => {
    const found = [...text.matchAll(new RegExp(`\\b${name}\\s*:\\s*\\[([^\\]]*)\\]`, 'g'))];
    const items = found.flatMap(([, inside]) => [...inside!.matchAll(/['"](\/[^'"]*)['"]/g)]);
    return found.length === 0 ? null : items.map(([, path]) => path!);
  };
  const [guarded, open] = [list('protected'), list('public')];
  if (!guarded && !open) return null;
  return { protected: guarded, public: open ?? [], locales: /\blocales\b/.test(codeOnly(text)) };
}

/** The protected paths that a call of proxy() names in its file. */
export function protectedPaths(text: string): string[] {
  return rulesOf(text)?.protected ?? [];
}

function isProtected(rules: Rules, path: string): boolean {
  const paths = rules.locales ? [path, splitLocale(path, ['sample']).rest] : [path];
  const open = [...rules.public, '/login', '/signup', '/api/session'];
  if (paths.some((one) => covers(open, one))) return false;
  return rules.protected === null || paths.some((one) => covers(rules.protected!, one));
}

// What runs in the browser checks nothing, and an action checks for itself alone.
function checks(module: string, page: string, files: Modules): boolean {
  const text = files.get(module) ?? '';
  if (module !== page && /^\s*(?:\/\/[^\n]*\n|\/\*[\s\S]*?\*\/|\s)*['"]use (?:client|server)['"]/.test(text)) {
    return false;
  }
  return CHECKS.test(codeOnly(text));
}

/** The page that visitors without a session are sent to has to be there. */
export function loginPage(routes: readonly Route[], files: Modules): Finding[] {
  return callsOfCreate(files).flatMap(([where, text]) => {
    const login = literalOf(text, 'login', '/login');
    if (login === null || !login.startsWith('/')) return [];
    const [path = ''] = login.split(/[?#]/);
    if (routes.some((route) => answers(route, path))) return [];
    const what = `${path} is where visitors without a session are sent, and there is no such page`;
    return [{ where, what: `${what}: \`npx latchkey init\` writes one, or name yours in \`pages\`` }];
  });
}
