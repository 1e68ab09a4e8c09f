// `latchkey init`, in projects made for each test.
import assert from 'node:assert/strict';
import { statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { CREATED, LAYOUT, project } from './support/project.mjs';

const contented = (run) => {
  const { code, out } = run('doctor');
  assert.equal(code, 0, out);
  assert.match(out, /Nothing is wrong\.\n$/);
};

test('init writes what is missing, keeps what is there, and doctor is content with it', (t) => {
  const { root, run, read } = project(t, { ...CREATED, '.gitignore': 'node_modules' });
  assert.equal(run('init').code, 0);
  for (const path of ['src/lib/session.ts', 'src/proxy.ts', 'next.config.ts',
    'src/app/api/session/[[...all]]/route.ts', 'src/app/login/page.tsx', 'src/app/_auth/forms.tsx',
    'src/app/_auth/actions.ts', 'src/app/_auth/style.module.css', 'src/app/signup/page.tsx',
    'src/app/account/page.tsx', 'src/app/account/devices/page.tsx', 'src/app/members/page.tsx']) {
    assert.notEqual(read(path), '', path);
  }
  const secret = read('.env.local');
  assert.match(secret, /^SESSION_SECRET=\S{44}\n$/);
  assert.equal(statSync(join(root, '.env.local')).mode & 0o777, 0o600);
  assert.match(read('.gitignore'), /^node_modules\n\/data\/\n/);
  contented(run);

  writeFileSync(join(root, 'src/proxy.ts'), '// mine');
  assert.match(run('init').out, /kept {6}src\/proxy\.ts/);
  assert.equal(read('src/proxy.ts'), '// mine');
  assert.equal(read('.env.local'), secret);
  run('init', '--force');
  assert.match(read('src/proxy.ts'), /matcher/);
});

// As create-next-app 16.4 writes it.
const CONFIG = `import type { NextConfig } from "next";

const nextConfig: NextConfig = {
  /* config options here */
  cacheComponents: true,
  partialPrefetching: true,
};

export default nextConfig;\n`;

test('init completes the configuration of create-next-app, and leaves any other to its author', (t) => {
  const { run, read } = project(t, { ...CREATED,
    'next.config.ts': CONFIG });
  assert.match(run('init').out, /changed {3}next\.config\.ts/);
  assert.equal(read('next.config.ts'), `import { withSessions } from 'latchkey/next/config';\n${
    CONFIG.replace('default nextConfig', 'default withSessions(nextConfig)')}`);
  assert.equal(read('.gitignore'), '/node_modules\n.env*\n/data/\n');
  contented(run);
  assert.match(run('init').out, /kept {6}next\.config\.ts/);

  const own = 'export default async () => ({ reactStrictMode: true });\n';
  const other = project(t, { 'next.config.mjs': own });
  assert.match(other.run('init').out, /change {4}next\.config\.mjs: export default withSessions/);
  assert.equal(other.read('next.config.mjs'), own);
});

test('init for Next.js 15 writes middleware that runs on Node, and doctor is content with it', (t) => {
  const { run, read } = project(t, { 'tsconfig.json': '{}', 'app/layout.tsx': LAYOUT,
    'node_modules/next/package.json': '{"version":"15.5.29"}' });
  assert.equal(run('init').code, 0);
  const middleware = read('middleware.ts');
  assert.match(middleware, /export function middleware\(/);
  assert.match(middleware, /export const config = \{\n  runtime: 'nodejs',\n  matcher:/);
  assert.throws(() => read('proxy.ts'), { code: 'ENOENT' });
  contented(run);
});

test('init for a Next.js whose middleware is bound to the edge writes none, and says so', (t) => {
  const { run, read } = project(t, { 'app/layout.js': LAYOUT }, { dependencies: { next: '^15.1.0', latchkey: '0.1.0' } });
  const { code, out } = run('init');
  assert.equal(code, 0);
  assert.match(out, /without {3}a proxy: Next\.js 15\.1 runs middleware on the edge only/);
  assert.notEqual(read('lib/session.js'), '');
  for (const path of ['proxy.js', 'middleware.js']) assert.throws(() => read(path), { code: 'ENOENT' });
  contented(run);
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

test('S7: init writes the pages that /account leads to, and puts the provider into the layout', (t) => {
  const { run, read } = project(t, CREATED);
  const { out } = run('init');
  assert.match(out, /changed {3}src\/app\/layout\.tsx: <SessionProvider>/);
  const layout = read('src/app/layout.tsx');
  assert.equal(layout, `import { SessionProvider } from 'latchkey/react';\n${
    LAYOUT.replace('{children}</body>', '<SessionProvider>{children}</SessionProvider></body>')}`);
  assert.match(out, /LATCHKEY_PUBLIC_URL.*\n.*sqlite:\/var\/lib/, 'what production needs is said');
  run('init', '--force');
  assert.equal(read('src/app/layout.tsx'), layout, 'one provider is enough');
  for (const path of ['src/app/login/page.tsx', 'src/app/signup/page.tsx', 'src/app/account/page.tsx',
    'src/app/_auth/actions.ts', 'src/app/api/session/[[...all]]/route.ts', 'src/proxy.ts']) {
    assert.match(read(path), /from '@\/lib\/session'/, `S8: ${path}`);
  }
});

test('S7: a layout without imports, or with a comment before them, gets the provider too', (t) => {
  const provider = "import { SessionProvider } from 'latchkey/react';\n";
  const body = 'export default ({ children }) => (\n  <html><body>{children}</body></html>\n);\n';
  const wrapped = body.replace('{children}<', '<SessionProvider>{children}</SessionProvider><');
  for (const before of ['', '// @ts-check\n']) {
    const { run, read } = project(t, { 'app/layout.js': before === '' ? body : `${before}import './a.css';\n${body}` });
    run('init');
    const imports = before === '' ? '' : "import './a.css';\n";
    assert.equal(read('app/layout.js'), before + provider + imports + wrapped);
  }
  const client = project(t, { 'app/layout.js': `'use client';\n${body}` });
  assert.match(client.run('init').out, /change {4}app\/layout\.js: put <SessionProvider>/);
});

test('S8: without `@/` modules are imported by their place, and a project of JavaScript gets no types', (t) => {
  const { run, read } = project(t, { 'app/layout.js': LAYOUT });
  run('init');
  assert.match(read('app/api/session/[[...all]]/route.js'), /from '\.\.\/\.\.\/\.\.\/\.\.\/lib\/session'/);
  assert.match(read('app/_auth/actions.js'), /from '\.\.\/\.\.\/lib\/session'/);
  assert.match(read('proxy.js'), /from '\.\/lib\/session'/);
  for (const path of ['app/login/page.js', 'app/_auth/forms.js', 'app/_auth/actions.js', 'app/_auth/state.js',
    'app/signup/page.js', 'app/account/page.js', 'app/account/devices/page.js', 'app/members/page.js', 'proxy.js']) {
    assert.doesNotMatch(read(path), /\binterface\b|: (?:FormData|FormState|Props|NextRequest|string|Promise)\b|\btype\b (?!=)|import type/, path);
  }
  contented(run);
  const alias = project(t, { 'app/layout.tsx': LAYOUT,
    'tsconfig.json': '{ // as it was\n "compilerOptions": { "paths": { "@/*": ["./*"] } } }' });
  alias.run('init');
  assert.match(alias.read('proxy.ts'), /from '@\/lib\/session'/);
});

test('S8: what init writes exports every call', (t) => {
  const { run, read } = project(t, CREATED);
  run('init');
  const text = read('src/lib/session.ts');
  for (const name of ['revokeOwnSession', 'revokeUser', 'core', 'providerProps', 'createGuestSession',
    'getGuestSession', 'raiseLevel', 'listSessions', 'handlers', 'proxy']) {
    assert.match(text, new RegExp(`\\b${name}\\b`), name);
  }
});

for (const name of ['middleware.ts', 'middleware.js', 'middleware.mjs', 'src/middleware.ts', 'src/middleware.js',
  'src/middleware.mjs', 'src/middleware.tsx']) {
  test(`S4: init beside ${name} writes no proxy, and says how both are one`, (t) => {
    const files = name.startsWith('src/') ? CREATED : { 'app/layout.tsx': LAYOUT, 'tsconfig.json': '{}' };
    const before = 'export function middleware() {}\n';
    for (const flags of [[], ['--force']]) {
      const { run, read, has } = project(t, { ...files, [name]: before });
      const { code, out } = run('init', ...flags);
      assert.equal(code, 0);
      for (const base of ['', 'src/']) {
        for (const end of ['ts', 'js', 'mjs']) assert.equal(has(`${base}proxy.${end}`), false);
      }
      assert.equal(read(name), before);
      assert.ok(out.includes(`kept      ${name}. Next.js 16 stops when it finds proxy beside it`), out);
      assert.match(out, /import \{ compose \} from 'latchkey\/next';\n.*\n.*export const proxy = compose\(\n.*\(request: NextRequest\)/);
      assert.notEqual(run('doctor').out, '');
    }
  });
}

test('S4: a proxy with another ending is one, and so is middleware for Next.js 15', (t) => {
  const other = project(t, { ...CREATED, 'src/proxy.js': '// mine\n' });
  assert.match(other.run('init').out, /kept {6}src\/proxy\.js\. To check sessions in it:/);
  assert.equal(other.has('src/proxy.ts'), false);
  const old = project(t, { ...CREATED, 'src/middleware.js': '// mine\n',
    'node_modules/next/package.json': '{"version":"15.5.29"}' });
  assert.match(old.run('init').out, /kept {6}src\/middleware\.js\. To check[^]*export const middleware = compose/);
  assert.equal(old.has('src/middleware.ts'), false);
});

test('S4: init answers no address a second time', (t) => {
  const page = 'export default function Page() { return null; }\n';
  const { run, has } = project(t, { ...CREATED, 'src/app/(auth)/login/page.tsx': page,
    'src/pages/account.tsx': page, 'src/app/api/session/[id]/route.ts': 'export const GET = () => null;\n' });
  const { out } = run('init');
  assert.match(out, /kept {6}src\/app\/\(auth\)\/login\/page\.tsx\n/);
  assert.match(out, /kept {6}src\/pages\/account\.tsx\n/);
  assert.match(out, /kept {6}src\/app\/api\/session\/\[id\]\/route\.ts, so the handlers need another place/);
  for (const path of ['src/app/login/page.tsx', 'src/app/account/page.tsx', 'src/app/api/session/[[...all]]/route.ts']) assert.equal(has(path), false, path);
});

test('S4: a lib/session of somebody else stays, and nothing is imported from it', (t) => {
  const mine = "export const sessionOptions = { password: '...' };\n";
  const { run, read } = project(t, { ...CREATED, 'src/lib/session.js': mine });
  assert.equal(run('init').code, 0);
  assert.equal(read('src/lib/session.js'), mine);
  assert.match(read('src/lib/latchkey.ts'), /createSessions/);
  for (const path of ['src/proxy.ts', 'src/app/_auth/actions.ts', 'src/app/api/session/[[...all]]/route.ts']) {
    assert.match(read(path), /from '@\/lib\/latchkey'/, path);
  }
  contented(run);
});

test('S7: where the pages cannot stand, init says what is missing', (t) => {
  const none = project(t, { 'tsconfig.json': '{}', 'pages/index.tsx': 'export default () => null;\n' });
  const { out } = none.run('init');
  assert.match(out, /without {3}pages to log in and to sign up/);
  assert.equal(none.has('app/login/page.tsx'), false);
  const own = project(t, { ...CREATED, 'src/app/layout.tsx': LAYOUT.replace('{children}<', '<Nav />{children}<') });
  assert.match(own.run('init').out, /change {4}src\/app\/layout\.tsx: put <SessionProvider>/);
  assert.doesNotMatch(own.read('src/app/layout.tsx'), /SessionProvider/);
});

test('a project with app in its own folder and in src is read as Next.js reads it', (t) => {
  const { run, has } = project(t, { ...CREATED, 'app/layout.tsx': LAYOUT });
  run('init');
  assert.deepEqual([has('proxy.ts'), has('src/proxy.ts')], [true, false]);
});

test('nothing is overwritten, style sheets included, and the style sheet touches nothing else', (t) => {
  const mine = { 'src/app/_auth/style.module.css': '/* mine */', 'src/app/members/page.tsx': '// mine' };
  const { run, read } = project(t, { ...CREATED, ...mine });
  assert.match(run('init').out, /kept {6}src\/app\/_auth\/style\.module\.css/);
  for (const [path, text] of Object.entries(mine)) assert.equal(read(path), text);
  run('init', '--force');
  const rules = read('src/app/_auth/style.module.css').replace(/@media[^{]*\{([^}]*\})\s*\}/g, '$1');
  for (const [, selector] of rules.matchAll(/([^{}]+)\{[^}]*\}/g)) assert.match(selector.trim(), /^\.page\b/);
});

test('Cache Components: pages wait for the session as the version of Next.js wants it', (t) => {
  const config = { 'next.config.ts': CONFIG };
  const next = (version) => ({ 'node_modules/next/package.json': JSON.stringify({ version }) });
  const page = (files) => {
    const made = project(t, { ...CREATED, ...files });
    made.run('init');
    return made.read('src/app/account/page.tsx');
  };
  assert.match(page({ ...config, ...next('16.4.3') }), /export const instant = false/);
  assert.match(page({ ...config, ...next('16.0.1') }), /<Suspense>\s*<Content searchParams/);
  for (const files of [next('16.4.3'), next('15.5.29'), { 'next.config.ts': CONFIG.replace('s: true', 's: false') }]) {
    assert.doesNotMatch(page(files), /instant|Suspense/);
  }
});

test('--bare leaves the pages to their author', (t) => {
  const { run, read, has } = project(t, CREATED);
  const { code, out } = run('init', '--bare');
  assert.equal(code, 0);
  for (const path of ['src/lib/session.ts', 'src/proxy.ts', 'next.config.ts', 'src/app/api/session/[[...all]]/route.ts']) {
    assert.ok(has(path), path);
  }
  assert.deepEqual([has('src/app/login'), has('src/app/_auth'), read('src/app/layout.tsx')], [false, false, LAYOUT]);
  assert.match(out, /`pages` of createSessions\(\) names your log-in page/);
  const { code: refused, err } = run('init', '--bear');
  assert.deepEqual([refused, err], [2, 'latchkey init: --bear is unknown; there are --bare and --force\n']);
});
