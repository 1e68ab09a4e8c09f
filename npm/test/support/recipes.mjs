// Puts the code of docs/npm/recipes/ together as a reader would, and asks it as a browser does.
import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { temporaryFolder } from './lucia_tables.mjs';

const place = (path) => fileURLToPath(new URL(`../../../${path}`, import.meta.url));
const PACKAGES = ['arctic', 'better-sqlite3', 'drizzle-orm', 'pg'];

export const URL_OF_SITE = 'http://localhost:3000';

/** Writes auth.mjs and the code of `page` into a folder. Returns what imports a file of it. */
export function recipe(t, page, env = {}, { own = {}, renamed = {} } = {}) {
  const folder = temporaryFolder(t);
  const modules = join(folder, 'node_modules');
  mkdirSync(modules);
  for (const name of PACKAGES) symlinkSync(place(`npm/test/peers/node_modules/${name}`), join(modules, name));
  symlinkSync(place('npm'), join(modules, 'latchkey'));
  for (const source of ['README', page]) {
    execFileSync(process.execPath, [place('tests/next/support/doc_files.mjs'),
      place(`docs/npm/recipes/${source}.md`), folder]);
  }
  for (const [name, code] of Object.entries(own)) writeFileSync(join(folder, name), code);
  for (const [from, to] of Object.entries(renamed)) cpSync(join(folder, from), join(folder, to));
  Object.assign(process.env, {
    SESSION_STORE: `sqlite:${join(folder, 'sessions.db')}`, APP_DB: join(folder, 'app.db'),
    PUBLIC_URL: URL_OF_SITE, ...env,
  });
  return (file) => import(pathToFileURL(join(folder, file)).href);
}

/** A browser: it keeps its cookie, says where a form comes from and that a page is wanted. */
export function browser() {
  let cookie = '';
  const send = async (handler, path, { site = 'same-origin', ...init } = {}) => {
    const headers = { accept: 'text/html', 'sec-fetch-mode': 'navigate', 'sec-fetch-site': site,
      ...(cookie && { cookie }), ...init.headers };
    const response = await handler(new Request(URL_OF_SITE + path, { ...init, headers }));
    for (const line of response.headers.getSetCookie()) {
      const [pair] = line.split(';');
      if (pair.startsWith('session-3000=')) cookie = /Max-Age=0/i.test(line) ? '' : pair;
    }
    return response;
  };
  return {
    get: (handler, path, from) => send(handler, path, from),
    post: (handler, path, values, { origin = URL_OF_SITE, ...from } = {}) => send(handler, path, {
      method: 'POST', body: new URLSearchParams(values), ...from, headers: { origin } }),
    get cookie() {
      return cookie;
    },
  };
}
