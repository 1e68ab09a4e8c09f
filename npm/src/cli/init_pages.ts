import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { write } from './files';
import { modulesOf } from './modules';
import type { Project } from './project';
import { answers, routesOf } from './routes';
import * as templates from './templates';
import * as next from './templates_next';
import { STYLESHEET } from './templates_style';

/** How files are written that import `session`, a path without its ending, from `path`. */
export function stylesOf(project: Project, path: string, session: string): templates.Style {
  const from = path.replace(/\.\w+$/, '');
  return {
    typescript: project.typescript,
    session: project.importOf(from, session),
    waits: waitsOf(project),
  };
}

function waitsOf(project: Project): templates.Style['waits'] {
  const config = project.config === null ? '' : (project.read(project.config) ?? '');
  if (!/\bcacheComponents\s*:(?!\s*false\b)/.test(config)) return 'plain';
  const { major, minor } = project.next;
  return major > 16 || (major === 16 && minor >= 4) ? 'instant' : 'streamed';
}

const PAGES = [
  ['/login', next.loginPage],
  ['/signup', next.signupPage],
  ['/account', next.accountPage],
  ['/account/devices', next.devicesPage],
  ['/members', next.examplePage],
] as const;

/** Log-in, sign-up, account, devices and an example, where the application has none of its own. */
export function writePages(project: Project, session: string, force: boolean): string[] {
  const { base, typescript } = project;
  const [layout] = project.modules(`${base}app/layout`);
  if (!layout) {
    console.log(
      'without   pages to log in and to sign up: there is no app/layout that they could stand in.\n' +
        '          `pages` of createSessions() names yours; they call logIn() and signUp()',
    );
    return [];
  }
  const end = typescript ? 'tsx' : 'js';
  const existing = routesOf(base, modulesOf([...project.sources()]));
  const fileOf = (address: string) => `${base}app${address}/page.${end}`;
  const add = (path: string, text: (style: templates.Style) => string) =>
    write(project, path, text(stylesOf(project, path, session)), force);
  const free = PAGES.filter(([address]) => {
    const [taken] = existing.filter((route) => route.path === address && answers(route, address));
    if (!taken || taken.file === fileOf(address)) return true;
    console.log(`kept      ${taken.file}`);
    return false;
  });
  const parts = `${base}app/${next.PARTS}`;
  add(`${parts}/actions.${project.extension}`, next.actions);
  add(`${parts}/state.${project.extension}`, next.state);
  add(`${parts}/forms.${end}`, next.forms);
  add(`${parts}/style.module.css`, () => STYLESHEET);
  for (const [address, text] of free) add(fileOf(address), text);
  return PAGES.map(([address]) => address);
}

// As create-next-app writes it. Any other layout is left to its author.
const CHILDREN = /(<body\b[^>]*>\s*)\{children\}(\s*<\/body>)/;

export function writeProvider(project: Project): void {
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
