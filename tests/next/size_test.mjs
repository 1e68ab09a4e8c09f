// What `latchkey/react` adds to what a browser loads: its modules, joined and minified as a build does.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';

const LIMIT = 4096; // bytes
const app = fileURLToPath(new URL('../../build/next/fresh/', import.meta.url));
const require = createRequire(join(app, 'package.json'));
const { minify } = require(join(app, 'node_modules/next/dist/compiled/terser/bundle.min.js'));

/** The modules of an entry by path, without those of other packages. */
function modulesOf(entry, found = new Map()) {
  if (found.has(entry)) return found;
  const code = readFileSync(entry, 'utf8');
  found.set(entry, code);
  for (const [, path] of code.matchAll(/require\("(\.[^"]+)"\)/g)) {
    modulesOf(require.resolve(join(dirname(entry), path)), found);
  }
  return found;
}

test(`latchkey/react is below ${LIMIT} bytes of gzip, without React and Next.js`, async (t) => {
  const modules = modulesOf(join(app, 'node_modules/latchkey/dist/react.js'));
  const numbers = new Map([...modules.keys()].map((path, i) => [path, i]));
  const functions = [...modules].map(([path, code]) => {
    const joined = code.replace(/require\("(\.[^"]+)"\)/g,
      (_, name) => `require(${numbers.get(require.resolve(join(dirname(path), name)))})`);
    return `(exports, require) => {${joined.replace(/^['"]use (?:strict|client)['"];/gm, '')}}`;
  });
  const made = await minify(`export default [${functions.join(',')}]`, { module: true, ecma: 2020, compress: { passes: 3 } });
  const size = gzipSync(made.code, { level: 9 }).length;
  t.diagnostic(`${size} bytes`);
  assert.ok(size > 1000 && size < LIMIT, `${size} bytes`);
});
