import { appendFileSync, chmodSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ignoreData, write } from './files';
import { initServer } from './init_server';
import { modulesOf } from './modules';
import { Project } from './project';
import { answers, routesOf } from './routes';
import { newSecret } from './secret';
import * as templates from './templates';

/** Writes what an application needs; what is there already stays, unless it is told --force. */
export function runInit(root: string, words: string[]): number {
  const project = new Project(root);
  const force = words.includes('--force');
  if (!project.dependsOn('next')) {
    for (const framework of ['hono', 'express'] as const) {
      if (project.dependsOn(framework)) return initServer(project, framework, force);
    }
    console.error(
      'latchkey init: the package.json of this folder names no Next.js, Hono or Express',
    );
    return 1;
  }
  const { major } = project.next;
  if (major < 15) {
    console.error(`latchkey init: this is Next.js ${major}; 15 or newer is needed`);
    return 1;
  }
  const session = writeSession(project, force);
  writeRoute(project, session, force);
  writeGate(project, session, force);
  writePages(project, session, force);
  writeProvider(project);
  writeConfig(project);
  writeSecret(project);
  ignoreData(project);
  console.log(`
Next: open /account, which leads to the login page. Call verifySession() wherever data is read.
In production set LATCHKEY_PUBLIC_URL to the address browsers use, and LATCHKEY_STORE to a database
outside of the build, such as sqlite:/var/lib/app/app.db.
\`npx latchkey doctor\` checks whether everything is in place.`);
  return 0;
}

/** How files are written that import `session`, a path without its ending, from `path`. */
function styleOf(project: Project, path: string, session: string): templates.Style {
  const from = path.replace(/\.\w+$/, '');
  return { typescript: project.typescript, session: project.importOf(from, session) };
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
  write(project, path, templates.route(styleOf(project, path, session)), force);
}

function writeGate(project: Project, session: string, force: boolean): void {
  const { gate, base, extension, next } = project;
  if (gate === null) {
    console.log(
      `without   a proxy: Next.js ${next.major}.${next.minor} runs middleware on the edge only, where ` +
        'stored sessions\n          cannot be read. Pages, actions and handlers are guarded without it.',
    );
    return;
  }
  const path = `${base}${gate}.${extension}`;
  const style = styleOf(project, path, session);
  const others = [...project.gates('middleware'), ...(gate === 'proxy' ? project.gates('proxy') : [])];
  const [other] = others.filter((file) => file !== path);
  if (!other) {
    const kept = project.has(path) && !force && !/latchkey|session/.test(project.read(path) ?? '');
    write(project, path, templates.proxyFile(gate, style), force);
    if (kept) console.log(`          To check sessions in it:\n${templates.composed(gate, style)}`);
    return;
  }
  const rename =
    gate === 'proxy' && /middleware/.test(other)
      ? `Next.js ${next.major} stops when it finds proxy beside it, so none was written. Rename it to\n` +
        `          ${path}, and its function to proxy; then both together are:`
      : 'To check sessions in it:';
  console.log(`kept      ${other}. ${rename}\n${templates.composed(gate, style)}`);
}

/** A login page, a page to sign up and one to see, where the application has none. */
function writePages(project: Project, session: string, force: boolean): void {
  const { base, typescript } = project;
  const [layout] = project.modules(`${base}app/layout`);
  if (!layout) {
    console.log(
      'without   pages to log in and to sign up: there is no app/layout that they could stand in.\n' +
        '          `pages` of createSessions() names yours; they call logIn() and signUp()',
    );
    return;
  }
  const end = typescript ? 'tsx' : 'js';
  const folder = (name: string) => `${base}app/${name}`;
  const existing = routesIn(project);
  const free = (address: string) => {
    const own = `${folder(address.slice(1))}/page`;
    const [taken] = existing.filter((route) => route.path === address && answers(route, address));
    if (!taken || (force && taken.file.replace(/\.\w+$/, '') === own)) return true;
    console.log(`kept      ${taken.file}`);
    return false;
  };
  const add = (path: string, text: (style: templates.Style) => string) =>
    write(project, path, text(styleOf(project, path, session)), force);
  if (free('/login')) {
    add(`${folder('login')}/page.${end}`, templates.loginPage);
    add(`${folder('login')}/form.${end}`, templates.form);
    add(`${folder('login')}/actions.${project.extension}`, templates.actions);
    if (free('/signup')) add(`${folder('signup')}/page.${end}`, templates.signupPage);
  }
  if (free('/account')) add(`${folder('account')}/page.${end}`, templates.accountPage);
}

// As create-next-app writes it. Any other layout is left to its author.
const CHILDREN = /(<body\b[^>]*>\s*)\{children\}(\s*<\/body>)/;

function writeProvider(project: Project): void {
  const [path] = project.modules(`${project.base}app/layout`);
  if (!path) return;
  const text = project.read(path) ?? '';
  if (text.includes('SessionProvider')) {
    console.log(`kept      ${path}`);
  } else if (CHILDREN.test(text) && !/^\s*['"]use /.test(text)) {
    const wrapped = text.replace(CHILDREN, '$1<SessionProvider>{children}</SessionProvider>$2');
    const [before = ''] = /^(?:(?!import ).*\n)*(?=import )/.exec(wrapped) ?? [];
    const rest = wrapped.slice(before.length);
    writeFileSync(join(project.root, path), before + templates.PROVIDER + rest);
    console.log(`changed   ${path}: <SessionProvider> is around what it shows`);
  } else {
    console.log(
      `change    ${path}: put <SessionProvider>, from 'latchkey/react', around {children}, for ` +
        'useSession()',
    );
  }
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
