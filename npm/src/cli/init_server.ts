import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ignoreData, write } from './files';
import type { InitOptions } from './init';
import { codeOnly, type Project } from './project';
import { serverFiles, type ServerStyle } from './templates_server';

// How an application of each framework begins.
const BEGINS = {
  express: /^(?:export )?(?:const|let|var) (\w+)(?:: [\w.]+)? = express\(\);?[ \t]*$/gm,
  hono: /^(?:export )?(?:const|let|var) (\w+) = new Hono(?:<[^>]*>)?\((?:\{[^}]*\})?\);?[ \t]*$/gm,
} as const;

/** Log-in, sign-up and account pages for an application of Express or Hono. */
export function initServer(
  project: Project,
  framework: 'express' | 'hono',
  { force, bare }: InitOptions,
): number {
  const entry = findEntry(project, framework);
  const base = entry?.path.startsWith('src/') || (!entry && project.has('src')) ? 'src/' : '';
  const modules = project.typescript || isModule(project, entry);
  const style: ServerStyle = { framework, typescript: project.typescript, modules };
  const files = Object.entries(serverFiles(style)).filter(([name]) => !bare || name === 'auth');
  for (const [name, text] of files) {
    write(project, `${base}${name}.${extensionOf(project, style, entry)}`, text, force);
  }
  if (!bare) addToEntry(project, entry, style, base);
  ignoreData(project);
  const first = bare
    ? `call app.use(auth.middleware()), with \`auth\` of ${base}auth, before your routes.`
    : 'start the application and open /account, which leads to the login page.';
  console.log(`
Next: ${first} Guard a route with
auth.requireUser(), and find who asks in ${framework === 'express' ? 'req.auth' : "c.get('auth')"}.
In production set LATCHKEY_PUBLIC_URL to the address browsers use, and LATCHKEY_STORE to a database
that a deployment does not replace, such as sqlite:/var/lib/app/app.db.`);
  return 0;
}

interface Entry {
  path: string;
  text: string;
  app: string;
  /** Where the statement that makes the application ends. */
  end: number;
}

/** The one place where the application is made; null: there is none, or more than one. */
function findEntry(project: Project, framework: 'express' | 'hono'): Entry | null {
  const found: Entry[] = [];
  for (const { path, text } of project.sources()) {
    for (const match of codeOnly(text).matchAll(BEGINS[framework])) {
      found.push({ path, text, app: match[1]!, end: match.index + match[0].length });
    }
  }
  return found.length === 1 ? found[0]! : null;
}

function isModule(project: Project, entry: Entry | null): boolean {
  if (entry !== null && /\.mjs$/.test(entry.path)) return true;
  if (entry !== null && /\.cjs$/.test(entry.path)) return false;
  return (project.manifest as Record<string, unknown>)['type'] === 'module';
}

function extensionOf(project: Project, style: ServerStyle, entry: Entry | null): string {
  if (project.typescript) return 'ts';
  return style.modules && entry?.path.endsWith('.mjs') ? 'mjs' : 'js';
}

function addToEntry(project: Project, entry: Entry | null, style: ServerStyle, base: string): void {
  const from = entry === null ? './' : entry.path.startsWith('src/') || base === '' ? './' : './src/';
  const file = `${from}auth_pages.js`;
  const bring = style.modules
    ? `import { addAuth } from '${file}';`
    : `const { addAuth } = require('${file}');`;
  if (entry === null) {
    console.log(
      `change    your application, right behind where it is made:\n            ${bring}\n` +
        '            addAuth(app);',
    );
    return;
  }
  if (/\baddAuth\b/.test(entry.text)) {
    console.log(`kept      ${entry.path}`);
    return;
  }
  const typed = typedApp(entry, style);
  const [shebang = ''] = /^#!.*\n/.exec(typed.text) ?? [];
  const before = typed.text.slice(shebang.length, typed.end);
  const text = `${shebang}${bring}\n${before}\naddAuth(${entry.app});${typed.text.slice(typed.end)}`;
  writeFileSync(join(project.root, entry.path), text);
  console.log(`changed   ${entry.path}: addAuth(${entry.app}) adds the pages`);
}

// Hono knows the type of c.get('auth') when the application says so.
function typedApp({ text, end }: Entry, { framework, typescript }: ServerStyle) {
  if (framework !== 'hono' || !typescript) return { text, end };
  const head = text.slice(0, end).replace(/new Hono\(([^()]*)\)(;?[ \t]*)$/, 'new Hono<AuthEnv>($1)$2');
  if (head.length === end) return { text, end };
  const full = `import type { AuthEnv } from 'latchkey/hono';\n${head}`;
  return { text: full + text.slice(end), end: full.length };
}
