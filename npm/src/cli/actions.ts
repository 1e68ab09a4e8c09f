import { posix } from 'node:path';
import type { Project, SourceFile } from './project';

const ENDINGS = ['', '.ts', '.tsx', '.js', '.jsx', '.mts', '.mjs'];
const TYPES_ONLY = /\bimport\s+type\b[^;'"]*['"][^'"\n]*['"]/g;
const IMPORT = /(?:\bfrom\s*|\bimport\s*\(?\s*)['"]([^'"\n]+)['"]/g;

/**
 * The paths of pages that send Server Actions: their own, or those of the components and modules
 * that they import, however far down. What a layout brings along is not counted.
 */
export function actingPages(project: Project, files: readonly SourceFile[]): string[] {
  const byPath = new Map(files.map((file) => [file.path.replaceAll('\\', '/'), file.text]));
  return [...byPath].flatMap(([path, text]) => {
    const route = routeOf(project.base, path);
    if (route === null) return [];
    return /\baction=\{/.test(text) || reachesAction(path, byPath, project.base) ? [route] : [];
  });
}

function reachesAction(page: string, files: ReadonlyMap<string, string>, base: string): boolean {
  const seen = new Set([page]);
  for (const path of seen) {
    const text = files.get(path) ?? '';
    if (/^\s*['"]use server['"]/m.test(text)) return true;
    if (/\{\s*['"]use server['"]/.test(text)) return true;
    for (const [, name] of text.replace(TYPES_ONLY, '').matchAll(IMPORT)) {
      const found = resolve(name!, path, files, base);
      if (found !== null) seen.add(found);
    }
  }
  return false;
}

// A module of the project itself: by a relative path, or by `@/`, as create-next-app sets it up.
function resolve(
  name: string,
  from: string,
  files: ReadonlyMap<string, string>,
  base: string,
): string | null {
  let places: string[] = [];
  if (name.startsWith('.')) places = [posix.join(posix.dirname(from), name)];
  if (name.startsWith('@/')) places = [base + name.slice(2), name.slice(2)];
  for (const place of places.flatMap((found) => [found, `${found}/index`])) {
    const ending = ENDINGS.find((end) => files.has(place + end));
    if (ending !== undefined) return place + ending;
  }
  return null;
}

// The path of a page's file, with a sample for each part that varies.
function routeOf(base: string, path: string): string | null {
  const inside = new RegExp(`^${base}app/(?:(.*)/)?page\\.[jt]sx?$`).exec(path);
  if (!inside) return null;
  const parts = (inside[1] ?? '').split('/').filter((part) => part !== '' && !/^[(@]/.test(part));
  return `/${parts.map((part) => part.replace(/^\[.*\]$/, 'sample')).join('/')}`;
}
