// `codemod imports` finds the names of modules where TypeScript's parser finds them, changes nothing
// else, says what it left, and does nothing when it is run again (N12).
import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import { test } from 'node:test';
import { Choices, seed } from './support/choices.mjs';
import { project } from './support/project.mjs';
import { namesIn, parse } from './support/typescript_names.mjs';

const require = createRequire(import.meta.url);
const { moduleNames } = require('../dist/cli/module_names.js');
const { Project } = require('../dist/cli/project.js');
const { replaceImports } = require('../dist/cli/codemod.js');

// Statements of which each is a trap: quotes in text, in patterns, in templates, in elements.
const STATEMENTS = {
  ts: [
    `import { Lucia } from "lucia";`,
    `import j, * as k from 'jose'`,
    `import\n{\nx\n}\nfrom\n'jose'`,
    `import type { A } from 'jose'; import { type B, C as D } from 'jose';`,
    `export type { E } from 'jose'; export * as ns from 'jose'; export { F as "x-y" } from 'jose'`,
    `import 'lucia';`,
    `import a from 'jose' with { type: 'json' };`,
    `import c = require('jose'); export import d = N.m;`,
    `type A1 = import('jose').JWTPayload; let b1: typeof import("jose");`,
    `const { a, b: c } = await import('jose');`,
    `require.resolve('jose'); module.require('jose'); foo.require('jose'); x?.require('jose')`,
    `vi.mock('jose', async () => ({ ...(await vi.importActual<typeof import('jose')>('jose')) }));`,
    `jest.mock('a').mock('jose'); jest.requireActual('jose'); mock.module('jose', {}); x.mock('jose')`,
    `declare module 'lucia' { interface Register { Lucia: typeof l } }`,
    `declare module "x" { export * from 'jose' } declare global { }`,
    `// import x from 'jose'\n/* import('jose') */ const s1 = "import x from 'jose'";`,
    `const text = "copied from 'jose' docs", t2 = 'copied from \\'jose\\' docs', y2 = 'jose'`,
    "const t1 = `a ${b ? `c ${require('jose')} 'd' ` : \"e\"} import('jose')`; f(`from 'jose'`)",
    `const r1 = /['"]/.test(x) ? 1 : 2, re = /[/'"]/g, q1 = a ? /'/ : /"/;`,
    `const x1 = a / b / c, u = x++ / 2, v = e! / c, n = 1_000n / 0x1F, m = .5 / 1., o1 = a?.5:1;`,
    `if (a) { } /'/.test(b); if (x) /['"\`]/.exec(y); for (;;) { break }`,
    `for await (const a of b) /'/.test(a); await (a) / 2;`,
    `class A<T> extends B<T> { #p = 1; static { require('jose') } get from() { return 'jose' } }`,
    `let o = { from: 'jose', import: 'jose', a: { b: 1 } / 2 };`,
    `const f1 = function () {} / 2; label: { }`,
    `function f2(): void { /x'/.test(a) } function f3(): string[] { return [] }`,
    `@Dec({ a: 'jose' }) class X { @Prop() from = 'jose' }`,
    `const z = y as unknown as Map<string, () => void>; a < b; c > d;`,
    `const g = <T extends unknown>(a: T) => a; type F = <T>(x: T) => T;`,
  ],
  tsx: [
    `const a = <p>import x from 'jose'</p>;`,
    `export const A = () => <p>\n import x from 'jose'\n don't</p>;`,
    `const b = <p>don't import('jose') {/* ' */} {'it'} {\`\${require('jose')}\`}</p>`,
    `const c = <Select<Option> a="x" b='y\nz' {...rest}>text {l.map((a) => <li key={a}>{a < 3 && a > 1 ? "it's" : 'no'}</li>)} don't</Select>;`,
    `const d = <div>{/* import('jose') */}<></>{" "}<a.b.c d-e="1" xlink:href="#"/></div>;`,
    `const e = cond ? <A/> : <B></B>; const f = <T,>(x: T) => x;`,
    `const h = <p title='it"s' data={<b>don't</b>}>a &amp; b</p>;`,
  ],
};
STATEMENTS.tsx.push(...STATEMENTS.ts);

function assertAsTypeScript(path, text, where) {
  const [file, errors] = parse(path, text);
  if (errors > 0) return 0;
  const found = moduleNames(text, !/\.[cm]?ts$/.test(path));
  assert.ok(found, `${where}: it can be read`);
  const ours = found.filter(({ doubt }) => !doubt).map(({ start, end }) => `${start}:${end}`);
  const theirs = namesIn(file);
  assert.deepEqual([...new Set(ours)].sort(), theirs, `${where}\n${text.length < 9999 ? text : ''}`);
  return theirs.length;
}

test('each trap alone', () => {
  for (const [ending, statements] of Object.entries(STATEMENTS)) {
    for (const statement of statements) {
      assert.equal(parse(`a.${ending}`, statement)[1], 0, statement);
      assertAsTypeScript(`a.${ending}`, statement, statement);
    }
  }
});

test('traps in a random order, which stay files that parse, and are changed once', () => {
  const choices = new Choices('codemod');
  for (let i = 0; i < 300; i++) {
    const ending = choices.pick(['ts', 'tsx']);
    const lines = Array.from({ length: 2 + choices.below(6) }, () => choices.pick(STATEMENTS[ending]));
    const text = lines.join(choices.pick(['\n', ';\n', '\r\n']));
    const where = `LATCHKEY_SEED=${seed}, file ${i}`;
    assertAsTypeScript(`a.${ending}`, text, where);
    const once = replaceImports(text, ending === 'tsx');
    if (parse(`a.${ending}`, text)[1] === 0) assert.equal(parse(`a.${ending}`, once.text)[1], 0, where);
    const again = replaceImports(once.text, ending === 'tsx');
    assert.deepEqual([again.text, again.names], [once.text, []], where);
    assert.equal(once.text.replaceAll('latchkey/', ''), text.replaceAll('latchkey/', ''), where);
  }
});

test('in the files of this project', () => {
  const root = new Project(fileURLToPath(new URL('../..', import.meta.url)));
  let names = 0;
  for (const folder of ['npm/src', 'npm/test', 'examples/next-training', 'tests/next']) {
    for (const { path, text } of root.sources(folder)) names += assertAsTypeScript(path, text, path);
  }
  assert.ok(names > 500, String(names));
});

const replace = (text) => replaceImports(text, false);
const left = (text) => replace(text).left.map(({ line, what }) => `${line} ${what}`);

test('every form is replaced, with its quotes', () => {
  for (const [before, after] of [
    [`import { Lucia } from "lucia";`, `import { Lucia } from "latchkey/lucia";`],
    [`declare module 'lucia' {}`, `declare module 'latchkey/lucia' {}`],
    [`vi.mock('jose')`, `vi.mock('latchkey/jose')`],
    [`jest.requireActual<A>('jose')`, `jest.requireActual<A>('latchkey/jose')`],
    [`require.resolve('jose')`, `require.resolve('latchkey/jose')`],
    [`import { JWTExpired } from 'jose/errors'`, `import { JWTExpired } from 'latchkey/jose/errors'`],
    [`export { SignJWT } from 'jose/jwt/sign'`, `export { SignJWT } from 'latchkey/jose/jwt/sign'`],
    [`import 'iron-session/edge'`, `import 'latchkey/iron-session'`],
    [`import { useSession } from 'next-auth/react'`, `import { useSession } from 'latchkey/react'`],
  ]) {
    assert.equal(replace(before).text, after);
    assert.deepEqual(left(before), []);
  }
});

test('a sub-path that the stand-in has is a sub-path that the package exports', async () => {
  const { exports: paths } = require('../package.json');
  const known = Object.keys(paths).filter((path) => path.startsWith('./jose/'));
  for (const path of known) {
    const name = path.replace('.', '');
    assert.match(replace(`import '${name.slice(1)}'`).text, new RegExp(`'latchkey${name}'`));
  }
  assert.ok(known.length > 0);
});

test('what is left is told with its line and the reason', () => {
  const text = [
    `import { importSPKI, SignJWT, type RemoteJWKSet as R } from 'jode';`.replace('jode', 'jose'),
    'import { createRemoteJWKSet } from "jose/jwks/remote";',
    "const { exportJWK } = require('jose');",
    "import('jo' + 'se'); import('jose' + x); import(`jose`);",
    "const list = ['jose', 'josef'], text = 'from jose';",
    "/** @type {import('jose').JWTPayload} */",
    "import { withIronSessionApiRoute } from 'iron-session/next';",
    "import NextAuth from 'next-auth'; import { signIn, useSession } from 'next-auth/react';",
  ].join('\n');
  assert.equal(replace(text).text, text);
  assert.deepEqual(left(text), [
    "1 'jose': importSPKI, RemoteJWKSet are not in latchkey/jose: import them in a line of its own",
    "2 'jose/jwks/remote': it has no counterpart in latchkey",
    "3 'jose': exportJWK is not in latchkey/jose: import it in a line of its own",
    "4 'jose': it is a part of something that is put together",
    "4 'jose': it stands in a template",
    "5 'jose': an ordinary string; if it names the module, change it",
    "6 'jose': it stands in a comment",
    "7 'iron-session/next': it has no counterpart in latchkey",
    "8 'next-auth': it has no counterpart in latchkey",
    "8 'next-auth/react': signIn is not in latchkey/react: import it in a line of its own",
  ]);
});

test('what jose exports and latchkey/jose does not offer is left with jose', async () => {
  const absent = await import('../dist/jose/absent.js');
  for (const name of Object.keys(absent.default)) {
    const text = `import { ${name} } from 'jose'`;
    assert.equal(replace(text).text, text, name);
  }
  for (const name of ['SignJWT', 'jwtVerify', 'errors', 'base64url', 'JWTPayload', 'JWK_oct']) {
    assert.equal(left(`import { ${name} } from 'jose'`).length, 0, name);
  }
});

test('a file that ends in the middle of something is not touched', () => {
  assert.equal(replaceImports("import 'jose'; const a = `", true), undefined);
});

const IMPORT = "import { Lucia } from 'lucia';\n";
const CONFIG = 'const nextConfig = {};\nexport default nextConfig;\n';

test('next.config is changed, too, or what to change there is said (S2)', (t) => {
  const next = { 'lib/auth.ts': IMPORT, 'next.config.ts': CONFIG };
  const { run, read } = project(t, next);
  assert.match(run('codemod', 'imports', '--dry').out, /change {4}next\.config\.ts: .*withSessions/);
  assert.equal(read('next.config.ts'), CONFIG);
  const { out } = run('codemod', 'imports');
  assert.match(out, /\nchanged {3}next\.config\.ts: it exports withSessions/);
  assert.match(out, /npx latchkey doctor/);
  assert.match(read('next.config.ts'), /export default withSessions\(nextConfig\)/);
  const other = project(t, { ...next, 'next.config.ts': 'module.exports = withMdx({});\n' });
  assert.match(other.run('codemod', 'imports').out, /change {4}next\.config\.ts: .*withSessions/);
  assert.equal(other.read('next.config.ts'), 'module.exports = withMdx({});\n');
  const without = project(t, { 'lib/auth.ts': IMPORT });
  assert.match(without.run('codemod', 'imports').out, /wrote {5}next\.config\.mjs/);
  assert.doesNotMatch(project(t, { 'a.ts': 'x;\n' }).run('codemod', 'imports').out, /next\.config/);
});

test('what was left is listed behind the count', (t) => {
  const { run } = project(t, { 'lib/a.ts': `${IMPORT}import x from 'jose/jwks/remote';\n` });
  assert.match(
    run('codemod', 'imports').out,
    /\n1 file changed\n\nLeft as it is:\nlib\/a\.ts:2: 'jose\/jwks\/remote': it has no counterpart/,
  );
});
