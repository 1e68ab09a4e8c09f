// What is told when the native part cannot be loaded.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';

const cwd = fileURLToPath(new URL('..', import.meta.url));
const TELL = '.catch((e) => console.log(JSON.stringify({ code: e.code, message: e.message })))';
const open = (store) =>
  `new (require('latchkey').Sessions)({ store: '${store}', publicUrl: 'http://localhost:3000' })` +
  `.create('u')${TELL}`;
const tell = (flags, code) =>
  JSON.parse(execFileSync(process.execPath, [...flags, '-e', code], { cwd, encoding: 'utf8' }));

test('N13: a Node that was told to load no addons says so, and names the flag', () => {
  for (const store of ['memory:', 'postgres://127.0.0.1:1/x']) {
    const { code, message } = tell(['--no-addons'], open(store));
    assert.equal(code, 'ERR_LATCHKEY_NO_BINARY');
    assert.match(message, /--no-addons/);
    assert.match(message, /--allow-addons/);
    assert.doesNotMatch(message, /build it from source/);
  }
});
