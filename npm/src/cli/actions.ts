import { reached, type Modules } from './modules';
import type { Route } from './routes';

/**
 * The addresses of pages that send Server Actions: their own, or those of the components and modules
 * that they import, however far down. What a layout brings along is not counted.
 */
export function actingPages(routes: readonly Route[], files: Modules, base: string): string[] {
  const pages = routes.filter(({ kind, file }) => kind === 'page' && file.startsWith(`${base}app/`));
  return pages.flatMap(({ file, path }) => {
    const acts =
      /\baction=\{/.test(files.get(file) ?? '') ||
      reached(file, files, base).some((module) => hasAction(files.get(module) ?? ''));
    return acts ? [path] : [];
  });
}

function hasAction(text: string): boolean {
  return /^\s*['"]use server['"]/m.test(text) || /\{\s*['"]use server['"]/.test(text);
}
