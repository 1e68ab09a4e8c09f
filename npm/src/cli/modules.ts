import { posix } from 'node:path';

const ENDINGS = ['', '.ts', '.tsx', '.js', '.jsx', '.mts', '.mjs', '.cts', '.cjs'];
const TYPES_ONLY = /\bimport\s+type\b[^;'"]*['"][^'"\n]*['"]/g;
const IMPORT = /(?:\bfrom\s*|\bimport\s*\(?\s*|\brequire\s*\(\s*)['"]([^'"\n]+)['"]/g;

/** The code of a project by path, with forward slashes. */
export type Modules = ReadonlyMap<string, string>;

export function modulesOf(files: readonly { path: string; text: string }[]): Modules {
  return new Map(files.map((file) => [file.path.replaceAll('\\', '/'), file.text]));
}

/** A module and every module of the project that it imports, however far down. */
export function reached(from: string, files: Modules, base: string): string[] {
  const seen = new Set([from]);
  for (const path of seen) {
    const text = files.get(path) ?? '';
    for (const [, name] of text.replace(TYPES_ONLY, '').matchAll(IMPORT)) {
      const found = resolve(name!, path, files, base);
      if (found !== null) seen.add(found);
    }
  }
  return [...seen];
}

// A module of the project itself: by a relative path, or by `@/`, as create-next-app sets it up.
function resolve(name: string, from: string, files: Modules, base: string): string | null {
  let places: string[] = [];
  if (name.startsWith('.')) places = [posix.join(posix.dirname(from), name)];
  if (name.startsWith('@/')) places = [base + name.slice(2), name.slice(2)];
  for (const place of places.flatMap((found) => [found, `${found}/index`])) {
    const ending = ENDINGS.find((end) => files.has(place + end));
    if (ending !== undefined) return place + ending;
  }
  return null;
}
