import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { write } from './files';
import type { InitOptions } from './init';
import type { Project } from './project';
import { LOCALS, sveltePages, svelteWiring } from './templates_sveltekit';

/** Log-in, sign-up, account and devices for an application of SvelteKit. */
export function initSvelteKit(project: Project, { force, bare }: InitOptions): number {
  const t = (types: string) => (project.typescript ? types : '');
  const files = { ...svelteWiring(t), ...(bare ? {} : sveltePages(t)) };
  for (const [name, text] of Object.entries(files)) {
    const whole = /\.(?:svelte|css)$/.test(name) ? name : `${name}.${project.extension}`;
    if (name.endsWith('hooks.server')) writeHook(project, `src/${whole}`, text, force);
    else if (!taken(project, name)) write(project, `src/${whole}`, text, force);
  }
  writeLocals(project);
  // A folder that is there in every checkout, and empty there.
  write(project, 'data/.gitignore', '*\n!.gitignore\n', force);
  const first = bare
    ? 'locals.auth logs in and out; put pages for signed-in users into src/routes/(private).'
    : '`npm run dev`, and open http://localhost:5173/signup. Put pages for signed-in users into\n' +
      'src/routes/(private), as /members is.';
  console.log(`
Next: ${first}
In production take @sveltejs/adapter-node, set LATCHKEY_PUBLIC_URL and ORIGIN to the address browsers
use, and LATCHKEY_STORE to a database that a deployment does not replace, such as
sqlite:/var/lib/app/app.db.`);
  return 0;
}

// An address is answered by one page, whatever group it is in.
function taken(project: Project, name: string): boolean {
  const [, address] = /^routes\/(?:\(private\)\/)?(.*)\/\+page/.exec(name) ?? [];
  if (address === undefined) return false;
  const own = name.slice(0, name.lastIndexOf('/'));
  const other = [...project.files('src/routes')].find((path) => {
    const folder = path.slice('src/'.length, path.lastIndexOf('/'));
    return /\/\+(?:page\.svelte|server\.[jt]s)$/.test(path) && folder !== own &&
      folder.replace(/\/\([^)]*\)/g, '') === `routes/${address}`;
  });
  if (other !== undefined && name.endsWith('.svelte')) console.log(`kept      ${other}`);
  return other !== undefined;
}

function writeHook(project: Project, path: string, text: string, force: boolean): void {
  const [existing] = project.modules('src/hooks.server');
  if (existing === undefined || (force && existing === path)) {
    write(project, path, text, force);
  } else if (/\bauth\.handle\b/.test(project.read(existing) ?? '')) {
    console.log(`kept      ${existing}`);
  } else {
    const shown = text.trimEnd().replace('handle = auth', 'withAuth = auth').replace(/^/gm, '            ');
    console.log(
      `change    ${existing}: add what follows, and export handle = sequence(withAuth, yours), with\n` +
        `          sequence of '@sveltejs/kit/hooks'\n${shown}`,
    );
  }
}

function writeLocals(project: Project): void {
  const path = 'src/app.d.ts';
  const text = project.read(path);
  if (text === null || text.includes('latchkey/sveltekit')) return;
  if (text.includes('// interface Locals {}')) {
    writeFileSync(join(project.root, path), text.replace('// interface Locals {}', LOCALS));
    console.log(`changed   ${path}: App.Locals has auth`);
  } else {
    console.log(`change    ${path}: give App.Locals  auth: import('latchkey/sveltekit').RequestSession;`);
  }
}
