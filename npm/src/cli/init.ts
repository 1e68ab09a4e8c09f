import { appendFileSync, chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { Project } from './project';
import { newSecret } from './secret';
import { NEXT_CONFIG, proxyFile, route, SESSION, WITH_SESSIONS } from './templates';

/** Writes what an application needs; what is there already stays, unless it is told --force. */
export function runInit(root: string, words: string[]): number {
  const project = new Project(root);
  if (!project.dependsOn('next')) {
    console.error('latchkey init: there is no Next.js in the package.json of this folder');
    return 1;
  }
  const { major, minor } = project.next;
  if (major < 15) {
    console.error(`latchkey init: this is Next.js ${major}; 15 or newer is needed`);
    return 1;
  }
  const force = words.includes('--force');
  const { base, extension, typescript } = project;
  const files: [path: string, text: string][] = [
    [`${base}lib/session.${extension}`, SESSION],
    [`${base}app/api/session/[[...all]]/route.${extension}`, route('../../../../lib/session')],
  ];
  const { gate } = project;
  if (gate) {
    files.push([`${base}${gate}.${extension}`, proxyFile(gate, typescript, './lib/session')]);
  } else {
    console.log(
      `without   a proxy: Next.js ${major}.${minor} runs middleware on the edge only, where stored ` +
        'sessions\n          cannot be read. Pages, actions and handlers are guarded without it.',
    );
  }
  for (const [path, text] of files) write(project, path, text, force);
  writeConfig(project);
  writeSecret(project);
  ignoreData(project);
  console.log(`
Next: call signUp() and logIn() in Server Actions, verifySession() wherever data is read, and put
<SessionProvider> of latchkey/react into the layout. In production set LATCHKEY_PUBLIC_URL to the
address browsers use. \`npx latchkey doctor\` tells whether everything is in place.`);
  return 0;
}

function write(project: Project, path: string, text: string, force: boolean): void {
  if (project.has(path) && !force) {
    console.log(`kept      ${path}`);
    return;
  }
  mkdirSync(dirname(join(project.root, path)), { recursive: true });
  writeFileSync(join(project.root, path), text);
  console.log(`wrote     ${path}`);
}

// The end of what create-next-app writes. What ends in another way is left to its author.
const NAMED_EXPORT = /^export default (\w+);?[ \t]*$/m;

/** Lets next.config export withSessions(...), or says what to change there. */
export function writeConfig(project: Project, dry = false): void {
  const names = ['ts', 'mts', 'mjs', 'js', 'cjs'].map((end) => `next.config.${end}`);
  const existing = project.find(...names);
  if (!existing) {
    const path = project.typescript ? 'next.config.ts' : 'next.config.mjs';
    if (dry) console.log(`write     ${path}: it exports withSessions(...)`);
    else write(project, path, NEXT_CONFIG, false);
    return;
  }
  const text = project.read(existing) ?? '';
  if (/withSessions|latchkey\/native/.test(text)) {
    console.log(`kept      ${existing}`);
  } else if (!dry && NAMED_EXPORT.test(text)) {
    const wrapped = text.replace(NAMED_EXPORT, 'export default withSessions($1);');
    writeFileSync(join(project.root, existing), WITH_SESSIONS + wrapped);
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

function ignoreData(project: Project): void {
  const before = project.read('.gitignore') ?? '';
  const known = before.split('\n').map((line) => line.trim());
  const missing = ['/data/', '.env*.local'].filter(
    (line) => !known.includes(line) && !(line.startsWith('.env') && known.includes('.env*')),
  );
  if (missing.length === 0) return;
  const gap = before === '' || before.endsWith('\n') ? '' : '\n';
  appendFileSync(join(project.root, '.gitignore'), `${gap}${missing.join('\n')}\n`);
  console.log(`wrote     ${missing.join(' and ')} into .gitignore`);
}
