// `latchkey init` in an application of SvelteKit. tests/sveltekit/ runs what it leaves.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { project } from './support/project.mjs';

// As `npx sv create` writes it.
const APP = `declare global {
	namespace App {
		// interface Error {}
		// interface Locals {}
	}
}

export {};
`;
const MANIFEST = { dependencies: { latchkey: '*' }, devDependencies: { '@sveltejs/kit': '^2.63.0' } };
const CREATED = { 'tsconfig.json': '{}', 'src/app.d.ts': APP, 'src/routes/+page.svelte': '<h1>Home</h1>' };

test('SvelteKit: init writes hook, pages and types, and what is there stays', (t) => {
  const { run, read } = project(t, CREATED, MANIFEST);
  const { code, out } = run('init');
  assert.equal(code, 0);
  assert.match(out, /open http:\/\/localhost:5173\/signup/);
  for (const path of ['src/lib/server/auth.ts', 'src/lib/auth/style.css', 'src/routes/login/+page.svelte',
    'src/routes/signup/+page.server.ts', 'src/routes/(private)/account/devices/+page.svelte',
    'src/routes/(private)/members/+page.svelte']) assert.notEqual(read(path), '', path);
  assert.match(read('src/hooks.server.ts'), /route\?\.id\?\.startsWith\('\/\(private\)'\)/);
  assert.match(read('src/app.d.ts'), /interface Locals \{\n\t\t\tauth: import\('latchkey\/sveltekit'\)\.RequestSession;/);
  assert.equal(read('data/.gitignore'), '*\n!.gitignore\n');
  const before = read('src/app.d.ts');
  assert.match(run('init').out, /kept {6}src\/hooks\.server\.ts\n/);
  assert.equal(read('src/app.d.ts'), before);
});

test('SvelteKit: a hook and pages of somebody else stay', (t) => {
  const hook = 'export const handle = ({ event, resolve }) => resolve(event);\n';
  const { run, read, has } = project(t, { ...CREATED, 'src/hooks.server.js': hook,
    'src/routes/(app)/account/+page.svelte': 'mine' }, MANIFEST);
  const { out } = run('init');
  assert.match(out, /change {4}src\/hooks\.server\.js: .*sequence\(withAuth, yours\)/);
  assert.match(out, /export const withAuth = auth\.handle\(/);
  assert.equal(read('src/hooks.server.js'), hook);
  assert.match(out, /kept {6}src\/routes\/\(app\)\/account\/\+page\.svelte\n/);
  assert.deepEqual([has('src/hooks.server.ts'), has('src/routes/(private)/account/+page.svelte'),
    has('src/routes/(private)/account/devices/+page.svelte')], [false, false, true]);
});

test('SvelteKit: JavaScript gets no types, and --bare no pages', (t) => {
  const { run, read, has } = project(t, { 'src/routes/+page.svelte': '' }, MANIFEST);
  run('init');
  for (const path of ['src/lib/server/auth.js', 'src/lib/auth/problem.js', 'src/lib/auth/Field.svelte',
    'src/routes/login/+page.server.js', 'src/routes/(private)/account/devices/+page.svelte']) {
    assert.doesNotMatch(read(path), /lang="ts"|\binterface\b|import type|: (?:string|Props|Actions|PageServerLoad)\b/, path);
  }
  const bare = project(t, CREATED, MANIFEST);
  assert.match(bare.run('init', '--bare').out, /locals\.auth logs in and out/);
  assert.deepEqual([bare.has('src/hooks.server.ts'), bare.has('src/routes/login')], [true, false]);
  assert.equal(has('src/hooks.server.js'), true);
});
