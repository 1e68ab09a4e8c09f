import { realpathSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { misuse } from './failures';

/** The file of an SQLite store; null for every other store. */
export function sqliteFile(store: string): string | null {
  const [, scheme, rest] = /^(?:([a-z][a-z0-9+]*):)?(.*)$/is.exec(store) ?? [];
  return scheme === undefined || scheme.toLowerCase() === 'sqlite' ? (rest ?? '') : null;
}

// What a build or a deployment writes from scratch, by name.
const OUTPUTS = new Set(['.next', '.vercel', '.netlify', '.open-next', '.amplify-hosting']);

/**
 * Refuses a database inside of what a build replaces: it would be gone with the next build, and
 * every account with it. A standalone server runs in such a folder, so a relative path leads there.
 */
export function refuseBuildOutput(file: string, env: NodeJS.ProcessEnv): void {
  const place = realPath(resolve(file));
  const parts = place.split(/[\\/]/);
  const output = parts.some((part, i) => OUTPUTS.has(part) || isStandalone(parts, i, env));
  if (!output) return;
  throw misuse(
    `the database ${place} lies in what \`next build\` replaces, and would be deleted with every ` +
      'account in it: give the store an absolute path outside, such as ' +
      'LATCHKEY_STORE=sqlite:/var/lib/app/app.db, in a container on a volume',
  );
}

// `output: 'standalone'` with a folder of another name: the server knows it from its own settings.
function isStandalone(parts: readonly string[], i: number, env: NodeJS.ProcessEnv): boolean {
  if (parts[i + 1] !== 'standalone') return false;
  try {
    const { distDir } = JSON.parse(env['__NEXT_PRIVATE_STANDALONE_CONFIG'] ?? '{}') as {
      distDir?: string;
    };
    return distDir !== undefined && distDir.split(/[\\/]/).pop() === parts[i];
  } catch {
    return false;
  }
}

// Links are followed, as far as the path is there already: `data` may be one to a safe place.
function realPath(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    const parent = dirname(path);
    return parent === path ? path : resolve(realPath(parent), path.slice(parent.length + 1));
  }
}
