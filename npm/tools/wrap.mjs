// Writes what tsc does not: beside each CommonJS entry an ES module that re-exports it, so that both
// ways of loading share one native part, and for runtimes without Node a module that says so.
import { copyFileSync, existsSync, mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const pkg = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));

// namesOf lists what a compiled file exports, without running it.
function namesOf(file) {
  const code = readFileSync(file, 'utf8');
  const names = new Set();
  for (const [, name] of code.matchAll(/^exports\.(\w+) = /gm)) names.add(name);
  for (const [, name] of code.matchAll(/^Object\.defineProperty\(exports, "(\w+)"/gm)) {
    names.add(name);
  }
  for (const [, path] of code.matchAll(/^__exportStar\(require\("(\.[^"]+)"\), exports\)/gm)) {
    for (const name of namesOf(join(dirname(file), `${path}.js`))) names.add(name);
  }
  names.delete('__esModule');
  return [...names].sort();
}

function write(file, text) {
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, text);
}

// typesOf returns what an ES module sees. Types of other packages have two forms, too, which do not
// fit each other, so what names them is written out for the form that ES modules see.
function typesOf(entry, base) {
  const types = readFileSync(join(root, `${entry}.d.ts`), 'utf8');
  // `declare module 'latchkey/client'` finds only what some import has brought along.
  const client = /from '\.\/client'/.test(types) ? "import type {} from './client.mjs';\n" : '';
  if (!/from '(?!\.|node:)/.test(types)) return `${client}export * from './${base}.js';\n`;
  return client + types.replace(/(from '\.\/[^']+)'/g, "$1.js'");
}

function reExport(names, base) {
  return `export {\n${names.map((name) => `  ${name},\n`).join('')}} from './${base}.js';\n`;
}

// wrap makes entry.mjs and entry.d.mts beside entry.js.
function wrap(entry) {
  const names = namesOf(join(root, `${entry}.js`));
  const first = /^(['"])use client\1/.exec(readFileSync(join(root, `${entry}.js`), 'utf8'));
  const base = entry.split('/').pop();
  write(join(root, `${entry}.mjs`), (first ? "'use client';\n" : '') + reExport(names, base));
  write(join(root, `${entry}.d.mts`), typesOf(entry, base));
  return names;
}

// refuse makes an entry for runtimes that cannot load the native part: importing it is harmless,
// using it says what is wrong. A test runner that emulates a browser may `require` it.
function refuse(base, entry, names) {
  const refusal = `function refuse() {
  const message =
    '${entry} needs Node.js: it does not run in the browser or on the edge runtime. Import it ' +
    'from server code, and in middleware use latchkey/iron-session or latchkey/jose.';
  throw Object.assign(new Error(message), { code: 'ERR_LATCHKEY_NEEDS_NODE' });
}
`;
  const list = names.map((name) => `exports.${name} = refuse;\n`).join('');
  write(join(root, `${base}.js`), `'use strict';\n${refusal}${list}`);
  write(join(root, `${base}.mjs`), reExport(names, base.split('/').pop()));
}

// The native part must not get into a bundle, so every file names it as the entry that is left out.
for (const file of readdirSync(join(root, 'dist'), { recursive: true })) {
  if (!file.endsWith('.js')) continue;
  const code = readFileSync(join(root, 'dist', file), 'utf8');
  if (/require\("(\.{1,2}\/)+native"\)/.test(code)) {
    throw new Error(`dist/${file}: import the native part as 'latchkey/native'`);
  }
}

copyFileSync(join(root, 'src/loader.cjs'), join(root, 'dist/loader.cjs'));
for (const [path, conditions] of Object.entries(pkg.exports)) {
  if (typeof conditions === 'string') continue;
  const entry = conditions.require.default.replace(/\.js$/, '');
  if (!existsSync(join(root, `${entry}.js`))) continue;
  const names = wrap(entry);
  const edge = conditions['edge-light']?.require.default.replace(/\.js$/, '');
  if (edge?.includes('/needs-node/')) refuse(edge, path.replace('.', pkg.name), names);
  else if (edge) wrap(edge);
}
