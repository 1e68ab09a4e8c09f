import { appendFileSync, chmodSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ignoreData, write } from './files';
import { stylesOf, writePages, writeProvider } from './init_pages';
import { initServer } from './init_server';
import { initSvelteKit } from './init_sveltekit';
import { modulesOf } from './modules';
import { Project } from './project';
import { routesOf } from './routes';
import { newSecret } from './secret';
import * as templates from './templates';

export interface InitOptions {
  /** What is there already is written again. */
  force: boolean;
  /** No pages: the application has its own, or will. */
  bare: boolean;
}

/** Writes what an application needs; what is there already stays, unless it is told --force. */
export function runInit(root: string, words: string[]): number {
  const unknown = words.find((word) => !['--force', '--bare'].includes(word));
  if (unknown !== undefined) {
    console.error(`latchkey init: ${unknown} is unknown; there are --bare and --force`);
    return 2;
  }
  const project = new Project(root);
  const options = { force: words.includes('--force'), bare: words.includes('--bare') };
  if (project.dependsOn('next')) return initNext(project, options);
  if (project.dependsOn('@sveltejs/kit')) return initSvelteKit(project, options);
  for (const framework of ['hono', 'express'] as const) {
    if (project.dependsOn(framework)) return initServer(project, framework, options);
  }
  console.error(
    'latchkey init: the package.json of this folder names no Next.js, SvelteKit, Hono or Express',
  );
  return 1;
}

function initNext(project: Project, { force, bare }: InitOptions): number {
  const { major } = project.next;
  if (major < 15) {
    console.error(`latchkey init: this is Next.js ${major}; 15 or newer is needed`);
    return 1;
  }
  const session = writeSession(project, force);
  writeRoute(project, session, force);
  writeGate(project, session, { force, bare });
  const pages = bare ? [] : writePages(project, session, force);
  if (!bare) writeProvider(project);
  writeConfig(project);
  writeSecret(project);
  ignoreData(project);
  console.log(`
${nextStep(pages)} Call verifySession() wherever data is read.
In production set LATCHKEY_PUBLIC_URL to the address browsers use, and LATCHKEY_STORE to a database
outside of the build, such as sqlite:/var/lib/app/app.db.
\`npx latchkey doctor\` checks whether everything is in place.`);
  return 0;
}

function nextStep(pages: string[]): string {
  if (pages.includes('/signup')) {
    return `Next: \`npm run dev\`, and open http://localhost:3000/signup. Your pages are
${pages.join(', ')}.`;
  }
  return 'Next: `pages` of createSessions() names your log-in page, which calls logIn().';
}

// A module of this name that is not ours stays, and ours gets another name.
function writeSession(project: Project, force: boolean): string {
  const { base, extension } = project;
  const path = [`${base}lib/session`, `${base}lib/latchkey`].find((free) => {
    const [existing] = project.modules(free);
    return !existing || /['"]latchkey\/next['"]/.test(project.read(existing) ?? '');
  });
  if (path === undefined) {
    console.log(`kept      ${base}lib/session and ${base}lib/latchkey, which are not of latchkey init`);
    return `${base}lib/session`;
  }
  write(project, `${path}.${extension}`, templates.SESSION, force);
  return path;
}

function routesIn(project: Project) {
  return routesOf(project.base, modulesOf([...project.sources()]));
}

// Next.js stops when two files answer one address.
function writeRoute(project: Project, session: string, force: boolean): void {
  const path = `${project.base}app/api/session/[[...all]]/route.${project.extension}`;
  const taken = routesIn(project).find(({ file, path: address }) => {
    const own = file.replace(/\.\w+$/, '') === path.replace(/\.\w+$/, '');
    return !own && /^\/api\/session(?:\/|$)/.test(address);
  });
  if (taken) {
    console.log(
      `kept      ${taken.file}, so the handlers need another place: export GET and POST of \`handlers\`\n` +
        '          from app/api/SOMETHING/[[...all]]/route, and give createSessions() and\n' +
        "          <SessionProvider> basePath: '/api/SOMETHING'",
    );
    return;
  }
  write(project, path, templates.route(stylesOf(project, path, session)), force);
}

function writeGate(project: Project, session: string, { force, bare }: InitOptions): void {
  const { gate, base, extension, next } = project;
  if (gate === null) {
    console.log(
      `without   a proxy: Next.js ${next.major}.${next.minor} runs middleware on the edge only, where ` +
        'stored sessions\n          cannot be read. Pages, actions and handlers are guarded without it.',
    );
    return;
  }
  const path = `${base}${gate}.${extension}`;
  const style = stylesOf(project, path, session);
  const guarded = bare ? ['/account'] : ['/account', '/members'];
  const others = [...project.gates('middleware'), ...(gate === 'proxy' ? project.gates('proxy') : [])];
  const [other] = others.filter((file) => file !== path);
  if (!other) {
    const kept = project.has(path) && !force && !/latchkey|session/.test(project.read(path) ?? '');
    write(project, path, templates.proxyFile(gate, style, guarded), force);
    if (kept) console.log(`          To check sessions in it:\n${templates.composed(gate, style, guarded)}`);
    return;
  }
  const rename =
    gate === 'proxy' && /middleware/.test(other)
      ? `Next.js ${next.major} stops when it finds proxy beside it, so none was written. Rename it to\n` +
        `          ${path}, and its function to proxy; then both together are:`
      : 'To check sessions in it:';
  console.log(`kept      ${other}. ${rename}\n${templates.composed(gate, style, guarded)}`);
}

// The end of what create-next-app writes. What ends in another way is left to its author.
const NAMED_EXPORT = /^export default (\w+);?[ \t]*$/m;

/** Lets next.config export withSessions(...), or says what to change there. */
export function writeConfig(project: Project, dry = false): void {
  const existing = project.config;
  if (!existing) {
    const path = project.typescript ? 'next.config.ts' : 'next.config.mjs';
    if (dry) console.log(`write     ${path}: it exports withSessions(...)`);
    else write(project, path, templates.NEXT_CONFIG, false);
    return;
  }
  const text = project.read(existing) ?? '';
  if (/withSessions|latchkey\/native/.test(text)) {
    console.log(`kept      ${existing}`);
  } else if (!dry && NAMED_EXPORT.test(text)) {
    const wrapped = text.replace(NAMED_EXPORT, 'export default withSessions($1);');
    writeFileSync(join(project.root, existing), templates.WITH_SESSIONS + wrapped);
    console.log(`changed   ${existing}: it exports withSessions(...)`);
  } else {
    console.log(
      `change    ${existing}: export default withSessions(...), ` +
        "from 'latchkey/next/config', around what it exports",
    );
  }
}

function writeSecret(project: Project): void {
  const path = '.env.local';
  const before = project.read(path) ?? '';
  if (/^SESSION_SECRET=./m.test(before)) {
    console.log(`kept      the SESSION_SECRET of ${path}`);
    return;
  }
  const gap = before === '' || before.endsWith('\n') ? '' : '\n';
  const file = join(project.root, path);
  appendFileSync(file, `${gap}SESSION_SECRET=${newSecret()}\n`, { mode: 0o600 });
  chmodSync(file, 0o600);
  console.log(`wrote     a SESSION_SECRET into ${path}`);
}
