import { sqliteFile } from '../next/store_place';
import type { Finding } from './checks';
import type { Modules } from './modules';
import { codeOnly, type Project } from './project';

/** The files that call `createSessions` of latchkey/next. */
export function callsOfCreate(files: Modules): [path: string, text: string][] {
  return [...files].filter(([, text]) => {
    if (!/['"]latchkey\/next['"]/.test(text)) return false;
    return /\bcreateSessions\s*(?:<[^()]*>)?\s*\(/.test(codeOnly(text));
  });
}

/** The text that an option is given in a file; `absent` without the option, null when it is no text. */
export function literalOf(text: string, option: string, absent: string): string | null {
  const found = new RegExp(`\\b${option}\\s*:\\s*`).exec(codeOnly(text));
  if (!found) return absent;
  // Both texts are equally long; in the code a literal is blanks.
  const value = text.slice(found.index).replace(/^\w+\s*:\s*/, '');
  return /^(['"])([^'"]*)\1/.exec(value)?.[2] ?? null;
}

// As Next.js reads them in production, what comes first wins.
const ENV_FILES = ['.env.production.local', '.env.local', '.env.production', '.env'];

/** A variable as `next start` will see it, as far as this folder tells. */
export function productionValue(project: Project, name: string): string {
  const line = new RegExp(`^(?:export )?${name}=(.*)$`, 'm');
  const texts = ENV_FILES.map((file) => line.exec(project.read(file) ?? '')?.[1]?.trim());
  const found = process.env[name] ?? texts.find((text) => text !== undefined) ?? '';
  return found.replace(/^(['"])(.*)\1$/, '$2');
}

/** What production needs and development does without: no fault of the project. */
export function productionNotes(project: Project, files: Modules): Finding[] {
  const calls = callsOfCreate(files).filter(([, text]) => !/\bpublicUrl\b/.test(codeOnly(text)));
  if (calls.length === 0 || productionValue(project, 'LATCHKEY_PUBLIC_URL') !== '') return [];
  const what =
    'in production every request fails until LATCHKEY_PUBLIC_URL is set to the address browsers ' +
    'use, such as https://example.com: in the environment, or in .env.production';
  return [{ where: calls[0]![0], what }];
}

/** A standalone server runs inside of what the next build replaces, and a relative path leads there. */
export function storeInBuild(project: Project, files: Modules): Finding[] {
  const config = project.config === null ? '' : (project.read(project.config) ?? '');
  if (!/\boutput\b[^;}]*['"]standalone['"]/.test(config)) return [];
  const outside = productionValue(project, 'LATCHKEY_STORE');
  return callsOfCreate(files).flatMap(([where, text]) => {
    const code = codeOnly(text);
    const fromEnvironment = !/\bstore\s*:/.test(code) || /LATCHKEY_STORE/.test(code);
    if (fromEnvironment && outside !== '' && !isRelative(outside)) return [];
    const stores = [...text.matchAll(/['"](sqlite:[^'"]*|[^'":]*\.(?:db|sqlite3?))['"]/gi)];
    const store = stores[0]?.[1] ?? (/\bstore\s*:/.test(code) ? '' : 'sqlite:./data/latchkey.db');
    if (store === '' || !isRelative(store)) return [];
    const what =
      `\`output: 'standalone'\` and the relative path of ${store}: the database would lie in ` +
      '.next/standalone, which the next build deletes with every account. Set LATCHKEY_STORE to an ' +
      'absolute path outside, such as sqlite:/var/lib/app/app.db, in a container on a volume';
    return [{ where, what }];
  });
}

function isRelative(store: string): boolean {
  const file = sqliteFile(store);
  return file !== null && !/^(?:\/|[a-z]:[\\/])/i.test(file);
}
