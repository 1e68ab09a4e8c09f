// Writes src/auth/browser_client/latchkey.js of the C++ library, the script for pages without a
// framework: the client of this package as one file. With --check it only tells whether the file is
// what npm/src says. The file is kept in the repository, so that the C++ build needs no Node.
import { readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const target = join(root, '../src/auth/browser_client/latchkey.js');
// A file comes after those it imports.
const FILES = ['base_path', 'client/messages', 'client/environment', 'client/session_memory',
  'client/store', 'client/toast', 'client/page'];

function plain(file) {
  const { outputText } = ts.transpileModule(readFileSync(join(root, 'src', `${file}.ts`), 'utf8'), {
    compilerOptions: { target: ts.ScriptTarget.ES2022, module: ts.ModuleKind.ESNext, removeComments: true },
  });
  return outputText.replace(/^import [^;]*;\n/gm, '').replace(/^export \{[^}]*\};\n/gm, '')
    .replace(/^export /gm, '').trim();
}

const names = new Set();
for (const file of FILES) {
  for (const [, name] of plain(file).matchAll(/^(?:const|let|function|class) (\w+)/gm)) {
    if (names.has(name)) throw new Error(`${file}.ts: ${name} is in another file of the script, too`);
    names.add(name);
  }
}

const body = FILES.map(plain).join('\n').replace(/^(?=.)/gm, '  ');
const text = `/*! latchkey.js: the session of this browser. Apache-2.0. docs/browser_client.md
 * Generated from npm/src/client by npm/tools/browser.mjs; do not edit. */
(() => {
  'use strict';
${body}
  window.latchkey ??= startPage(document.currentScript);
})();
`;

if (!process.argv.includes('--check')) writeFileSync(target, text);
else if (readFileSync(target, 'utf8') !== text) {
  console.error('src/auth/browser_client/latchkey.js is not what npm/src says; run: node npm/tools/browser.mjs');
  process.exit(1);
}
