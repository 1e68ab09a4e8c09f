import type { Modules } from './modules';

/** A page or a handler of the application, of the App Router or the Pages Router. */
export interface Route {
  file: string;
  /** Its address, with a sample for each part that varies. */
  path: string;
  /** What addresses it answers. */
  pattern: RegExp;
  kind: 'page' | 'handler';
  /** The first part of its address varies, as a language does. */
  startsVaried: boolean;
}

/** Every route of the project, by the names of its files. */
export function routesOf(base: string, files: Modules): Route[] {
  return [...files.keys()].flatMap((file) => {
    const app = new RegExp(`^${base}app/(?:(.*)/)?(page|route)\\.[jt]sx?$`).exec(file);
    if (app) return [route(file, app[1] ?? '', app[2] === 'page' ? 'page' : 'handler')];
    const pages = new RegExp(`^${base}pages/((?!_).*)\\.[jt]sx?$`).exec(file);
    if (!pages) return [];
    const path = pages[1]!.replace(/(?:^|\/)index$/, '');
    return [route(file, path, path.startsWith('api/') ? 'handler' : 'page')];
  });
}

function route(file: string, folder: string, kind: Route['kind']): Route {
  // Groups and slots are no part of the address.
  const parts = folder.split('/').filter((part) => part !== '' && !/^[(@]/.test(part));
  const sample = parts.map((part) => (isVaried(part) ? 'sample' : part));
  const pattern = parts.map(patternOf).join('');
  return {
    file,
    path: `/${sample.join('/')}`,
    pattern: new RegExp(`^${pattern === '' ? '/' : pattern}$`),
    kind,
    startsVaried: parts[0] !== undefined && isVaried(parts[0]),
  };
}

const isVaried = (part: string) => part.startsWith('[');

function patternOf(part: string): string {
  if (part.startsWith('[[...')) return '(?:/.*)?';
  if (part.startsWith('[...')) return '/.+';
  if (isVaried(part)) return '/[^/]+';
  return `/${part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')}`;
}

/** Tells whether a route answers an address, also with a language before it. */
export function answers({ pattern, startsVaried }: Route, path: string): boolean {
  return pattern.test(path) || (startsVaried && pattern.test(`/en${path === '/' ? '' : path}`));
}
