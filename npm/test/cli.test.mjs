// The command line, in projects made for each test.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { PACKAGE, project } from './support/cli_project.mjs';

test('secret prints 32 random bytes that the core accepts', (t) => {
  const { run } = project(t, {});
  const one = run('secret').out.trim();
  assert.equal(Buffer.from(one, 'base64').length, 32);
  assert.notEqual(run('secret').out.trim(), one);
});

test('init writes what is missing, keeps what is there, and doctor is content with it', (t) => {
  const { root, run, read } = project(t, { 'tsconfig.json': '{}', 'src/app/page.tsx': 'export {};',
    '.gitignore': 'node_modules' });
  assert.equal(run('init').code, 0);
  for (const path of ['src/lib/session.ts', 'src/proxy.ts', 'next.config.ts',
    'src/app/api/session/[[...all]]/route.ts']) assert.notEqual(read(path), '', path);
  const secret = read('.env.local');
  assert.match(secret, /^SESSION_SECRET=\S{44}\n$/);
  assert.equal(statSync(join(root, '.env.local')).mode & 0o777, 0o600);
  assert.match(read('.gitignore'), /^node_modules\n\/data\/\n/);
  const examined = run('doctor');
  assert.equal(examined.code, 0, examined.out);

  writeFileSync(join(root, 'src/proxy.ts'), '// mine');
  assert.match(run('init').out, /kept {6}src\/proxy\.ts/);
  assert.equal(read('src/proxy.ts'), '// mine');
  assert.equal(read('.env.local'), secret);
  run('init', '--force');
  assert.match(read('src/proxy.ts'), /matcher/);
});

// As create-next-app 16.4 writes it.
const CREATED = `import type { NextConfig } from "next";

const nextConfig: NextConfig = {
  /* config options here */
  cacheComponents: true,
  partialPrefetching: true,
};

export default nextConfig;\n`;

test('init completes the configuration of create-next-app, and leaves any other to its author', (t) => {
  const { run, read } = project(t, { 'tsconfig.json': '{}', 'src/app/page.tsx': 'export {};',
    'next.config.ts': CREATED, '.gitignore': '/node_modules\n.env*\n' });
  assert.match(run('init').out, /changed {3}next\.config\.ts/);
  assert.equal(read('next.config.ts'), `import { withSessions } from 'latchkey/next/config';\n${
    CREATED.replace('default nextConfig', 'default withSessions(nextConfig)')}`);
  assert.equal(read('.gitignore'), '/node_modules\n.env*\n/data/\n');
  const examined = run('doctor');
  assert.equal(examined.code, 0, examined.out);
  assert.match(run('init').out, /kept {6}next\.config\.ts/);

  const own = 'export default async () => ({ reactStrictMode: true });\n';
  const other = project(t, { 'next.config.mjs': own });
  assert.match(other.run('init').out, /change {4}next\.config\.mjs: export default withSessions/);
  assert.equal(other.read('next.config.mjs'), own);
});

test('init for Next.js 15 writes middleware that runs on Node, and doctor is content with it', (t) => {
  const { run, read } = project(t, { 'tsconfig.json': '{}', 'app/page.tsx': 'export {};',
    'node_modules/next/package.json': '{"version":"15.5.29"}' });
  assert.equal(run('init').code, 0);
  const middleware = read('middleware.ts');
  assert.match(middleware, /export function middleware\(/);
  assert.match(middleware, /export const config = \{\n  runtime: 'nodejs',\n  matcher:/);
  assert.throws(() => read('proxy.ts'), { code: 'ENOENT' });
  const examined = run('doctor');
  assert.equal(examined.code, 0, examined.out);
});

test('init for a Next.js whose middleware is bound to the edge writes none, and says so', (t) => {
  const { run, read } = project(t, {}, { dependencies: { next: '^15.1.0', latchkey: '0.1.0' } });
  const { code, out } = run('init');
  assert.equal(code, 0);
  assert.match(out, /without {3}a proxy: Next\.js 15\.1 runs middleware on the edge only/);
  assert.notEqual(read('lib/session.js'), '');
  for (const path of ['proxy.js', 'middleware.js']) assert.throws(() => read(path), { code: 'ENOENT' });
  const examined = run('doctor');
  assert.equal(examined.code, 0, examined.out);
});

test('init for a Next.js that is too old writes nothing', (t) => {
  const { run, read } = project(t, {}, { dependencies: { next: '14.2.0', latchkey: '0.1.0' } });
  const { code, err } = run('init');
  assert.equal(code, 1);
  assert.match(err, /this is Next\.js 14; 15 or newer is needed/);
  assert.throws(() => read('lib/session.js'), { code: 'ENOENT' });
});

test('init outside of a Next.js project writes nothing', (t) => {
  const { run } = project(t, {}, { dependencies: {} });
  const { code, err } = run('init');
  assert.equal(code, 1);
  assert.match(err, /no Next\.js/);
});

const GOOD = "import { withSessions } from 'latchkey/next/config';\nexport default withSessions({});\n";
const PROXY = (matcher) => `import { proxy as check } from './lib/session';
export const proxy = (request) => check(request, { protected: ['/account'] });
const missing = [{ type: 'header', key: 'next-router-prefetch' }];
export const config = { matcher: ${matcher} };\n`;

const BROKEN = [
  ['a configuration without the external entry', { 'next.config.ts': 'export default {};' },
    /next\.config\.ts: .*withSessions/],
  ['the whole package as external',
    { 'next.config.ts': "export default { serverExternalPackages: ['latchkey'] };" },
    /second React/],
  ['a short secret', { '.env.local': 'SESSION_SECRET=hunter2\n' }, /\.env\.local: .*32 bytes/],
  ['synchronous cookies()',
    { 'app/a.ts': "import { cookies } from 'next/headers';\n\ncookies().set('a', 'b');\n" },
    /app\/a\.ts:3: cookies\(\) is a promise/],
  ['cookies() kept without await',
    { 'app/a.ts': "import { cookies } from 'next/headers';\nconst store = cookies();\n" },
    /app\/a\.ts:2: cookies\(\)/],
  ['cookies() behind a cast, as the codemod of Next.js leaves it',
    { 'app/a.ts': "import { cookies } from 'next/headers';\nconst store = (cookies() as unknown as Store).get('a');\n" },
    /app\/a\.ts:2: cookies\(\)/],
  ['headers() with a name in brackets',
    { 'app/a.ts': "import { headers } from 'next/headers';\nexport const f = () => headers()['get']('a');\n" },
    /app\/a\.ts:2: headers\(\)/],
  ['redirect inside try', { 'app/b.ts': `import { redirect } from 'next/navigation';
export async function signup() {
  try {
    await create();
    redirect('/training');
  } catch (error) {
    return { error };
  }
}\n` }, /app\/b\.ts:5: redirect\(\) inside try/],
  ['server code in a client component',
    { 'app/c.tsx': "'use client';\nimport { createSessions } from 'latchkey/next';\n" },
    /app\/c\.tsx:2: latchkey\/next belongs to the server/],
  ['router.events', { 'app/d.tsx': "import { useRouter } from 'next/navigation';\n" +
    "router.events.on('routeChangeComplete', f);\n" }, /app\/d\.tsx:2: .*usePathname/],
  ['a matcher that is no literal', { 'proxy.ts': PROXY('paths') }, /proxy\.ts: .*literal/],
  ['a matcher that leaves a protected path out', { 'proxy.ts': PROXY("['/dashboard/:path*']") },
    /proxy\.ts: the matcher leaves out \/account/],
  ['a matcher that leaves out a page with actions', {
    'proxy.ts': PROXY("['/account/:path*']"),
    'app/(shop)/cart/[id]/page.tsx': "async function buy() { 'use server'; }\n",
  }, /leaves out \/cart\/sample/],
  ['a matcher that leaves out a page whose form has an action from elsewhere', {
    'proxy.ts': PROXY("['/account/:path*']"),
    'app/cart/page.tsx': "import { Form } from '@/components/form';\nexport default () => Form();\n",
    'app/about/page.tsx': "import { text } from './text';\nimport type { State } from '@/lib/actions';\n",
    'app/about/text.ts': "export const text = 'use server';\n",
    'components/form/index.tsx': "'use client';\nimport { buy } from '../../lib/actions';\n",
    'lib/actions.ts': "// what the shop does\n'use server';\nimport '../components/form';\n",
  }, /^proxy\.ts: the matcher leaves out \/cart,.*\n1 thing/],
  ['middleware where proxy belongs', { 'middleware.ts': "import { x } from 'latchkey/next';" },
    /middleware\.ts: .*rename it to proxy/],
  ['middleware on the edge in Next.js 15', {
    'node_modules/next/package.json': '{"version":"15.5.0"}',
    'lib/session.ts': "import { createSessions } from 'latchkey/next';",
    'middleware.ts': PROXY("['/account']").replaceAll('proxy', 'middleware'),
  }, /middleware\.ts: .*add runtime: 'nodejs'/],
  ['a proxy that Next.js 15 ignores', {
    'node_modules/next/package.json': '{"version":"15.5.0"}',
    'proxy.ts': PROXY("['/account']"),
  }, /proxy\.ts: Next\.js 15 ignores proxy: .*runtime: 'nodejs'/],
  ['middleware that no runtime of Next.js 15.1 can run', {
    'node_modules/next/package.json': '{"version":"15.1.0"}',
    'lib/session.ts': "import { createSessions } from 'latchkey/next';",
    'middleware.ts': PROXY("['/account']").replaceAll('proxy', 'middleware'),
  }, /middleware\.ts: before Next\.js 15\.5 .* remove it/],
  ['two copies', {
    'node_modules/latchkey/package.json': '{}',
    'node_modules/other/node_modules/latchkey/package.json': '{}',
  }, /installed more than once/],
];
for (const [name, files, expected] of BROKEN) {
  test(`doctor finds ${name}, and nothing else`, (t) => {
    const { code, out } = project(t, { 'next.config.ts': GOOD, ...files }).run('doctor');
    assert.match(out, expected);
    assert.match(out, /\n1 thing to mend\.\n$/, out);
    assert.equal(code, 1);
  });
}

test('doctor finds two copies that pnpm made, and takes no link for one', (t) => {
  const { root, run } = project(t, { 'next.config.ts': GOOD });
  const copy = (key) => {
    const folder = join(root, 'node_modules/.pnpm', key, 'node_modules');
    mkdirSync(join(folder, 'latchkey'), { recursive: true });
    writeFileSync(join(folder, 'latchkey/package.json'), '{}');
    return folder;
  };
  const first = copy('latchkey@0.1.0_react@19');
  symlinkSync(join(first, 'latchkey'), join(root, 'node_modules/latchkey'));
  mkdirSync(join(root, 'node_modules/.pnpm/other@1/node_modules'), { recursive: true });
  symlinkSync(join(first, 'latchkey'), join(root, 'node_modules/.pnpm/other@1/node_modules/latchkey'));
  assert.equal(run('doctor').code, 0, run('doctor').out);
  copy('latchkey@0.1.0_react@18');
  assert.match(run('doctor').out, /react@18.*installed more than once/);
});

test('doctor finds that the native part is missing', (t) => {
  const { root } = project(t, { 'next.config.ts': GOOD });
  const copy = join(root, 'node_modules/latchkey');
  for (const part of ['dist', 'package.json']) cpSync(join(PACKAGE, part), join(copy, part), { recursive: true });
  const done = spawnSync(process.execPath, [join(copy, 'dist/cli.js'), 'doctor'], { cwd: root, encoding: 'utf8' });
  assert.match(done.stdout, /^latchkey: latchkey has no native part that runs here .*\.\/dev pack/);
  assert.equal(done.status, 1);
});

test('doctor has nothing to say about middleware with a check of another kind', (t) => {
  const text = "import { decrypt } from '@/lib/session';\nexport const config = { matcher: ['/a'] };\n";
  const { out } = project(t, { 'next.config.ts': GOOD, 'middleware.ts': text,
    'lib/session.ts': "import { jwtVerify } from 'latchkey/jose';\n" }).run('doctor');
  assert.equal(out, 'Nothing is wrong.\n');
});

test('doctor is silent about what is right', (t) => {
  const { code, out } = project(t, {
    'next.config.ts': GOOD,
    'proxy.ts': PROXY("[{ source: '/((?!_next/static|api/session).*)', missing }]"),
    'app/account/page.tsx': "'use server';\n",
    'app/a.ts': `import { cookies } from 'next/headers';
import { redirect, unstable_rethrow } from 'next/navigation';
// cookies().set() was synchronous once
export async function f() {
  const store = await cookies();
  (await cookies()).get('a');
  const later = getIronSession(cookies(), options);
  const promise = () => cookies();
  try { g(); } catch { log(); }
  try { redirect('/a'); } catch (error) { unstable_rethrow(error); }
  try { h(); } finally { i(); }
  redirect('/b');
}\n`,
  }).run('doctor');
  assert.equal(out, 'Nothing is wrong.\n');
  assert.equal(code, 0);
});

test('codemod imports changes module names and nothing else', (t) => {
  const before = `import { Lucia } from "lucia";
import type { SessionOptions } from 'iron-session';
export * from 'jose';
const jose = require('jose');
const later = await import('iron-session');
import 'lucia';
const text = 'jose'; // from jose
import { other } from 'jose-other';
import { PrismaAdapter } from '@lucia-auth/adapter-prisma';\n`;
  const { run, read } = project(t, { 'lib/a.ts': before, 'lib/b.ts': 'export {};\n',
    'node_modules/x/a.js': "require('jose')" });
  assert.match(run('codemod', 'imports', '--dry').out, /lib\/a\.ts: .*\n1 file would change/);
  assert.equal(read('lib/a.ts'), before);
  assert.match(run('codemod', 'imports').out, /\n1 file changed/);
  assert.equal(read('lib/a.ts'), before
    .replace('"lucia"', '"latchkey/lucia"').replace("'lucia'", "'latchkey/lucia'")
    .replaceAll("'iron-session'", "'latchkey/iron-session'")
    .replace("from 'jose'", "from 'latchkey/jose'").replace("('jose')", "('latchkey/jose')"));
  assert.equal(read('node_modules/x/a.js'), "require('jose')");
  assert.match(run('codemod', 'imports').out, /^0 files changed/);
  assert.equal(run('codemod').code, 2);
});

test('migrate makes a database of Lucia ready and keeps its live sessions', async (t) => {
  const { root, run } = project(t, {});
  const { default: Database } = await import(new URL('peers/node_modules/better-sqlite3/lib/index.js', import.meta.url));
  const file = join(root, 'app.db');
  const database = new Database(file);
  database.exec(`CREATE TABLE user(id TEXT NOT NULL PRIMARY KEY);
    CREATE TABLE session(id TEXT NOT NULL PRIMARY KEY, expires_at INTEGER NOT NULL,
      user_id TEXT NOT NULL REFERENCES user(id));
    INSERT INTO user VALUES ('u'); INSERT INTO session VALUES ('old', 1000, 'u');
    INSERT INTO session VALUES ('live', 4000000000, 'u');`);
  database.close();
  const done = run('migrate', 'lucia', 'app.db');
  assert.equal(done.code, 0, done.err);
  const after = new Database(file, { readonly: true });
  assert.deepEqual(after.prepare('SELECT id FROM session').pluck().all(), ['live']);
  assert.equal(after.prepare("SELECT count(*) FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL").pluck().get(), 2);
  after.close();
  assert.equal(run('migrate', 'lucia', 'none.db').code, 1);
  assert.equal(run('migrate', 'lucia', 'app.db', '--session-table', 'nothing').code, 1);
  assert.equal(run('migrate', 'auth0').code, 2);
});

test('a word that is no command is refused, and help helps', (t) => {
  const { run } = project(t, {});
  assert.equal(run('install').code, 2);
  assert.match(run('--help').out, /npx latchkey doctor/);
});
