// Where a slash begins a pattern and where it divides: after each word and each kind of value. A
// scanner that takes one for the other loses the name of a module or finds one that is none.
import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import { test } from 'node:test';
import { namesIn, parse } from './support/typescript_names.mjs';

const { moduleNames } = createRequire(import.meta.url)('../dist/cli/module_names.js');

const BEFORE_A_PATTERN = [
  `function f() { return /'/ }`, `typeof /'/`, `a instanceof /'/.b`, `a in /'/`, `for (const a of /'/[b]) ;`, `new /'/.b()`,
  `delete /'/.a`, `void /'/`, `throw /'/`, `switch (a) { case /'/: }`, `do /'/.test(a); while (b)`, `if (a) ; else /'/.test(b)`,
  `function* g() { yield /'/ }`, `async function h() { await /'/ }`, `export default /'/`, `class A extends /'/.b {}`,
  `if (a) /'/.test(b)`, `while (a) /'/.test(b)`, `for (;;) /'/.test(b)`, `with (a) /'/.test(b)`, `a = /'/`, `a(/'/)`, `[/'/]`,
  `a, /'/`, `a ? /'/ : /'/`, `a && /'/`, `a || /'/`, `!/'/`, `() => /'/`, `; /'/`, `{ } /'/`, `a = { b: /'/ }`, `a < /'/`, `a + /'/`,
  `/[/'"]/`, `/\\/'/`, '`${/\'/}`',
];
const BEFORE_A_DIVISION = [
  'a', '`a`', '`${a}`', "'a'", '"a"', '1', '0x1F', '1n', '.5', 'a()', '(a)', 'a[0]', 'a.b', 'a.return', 'a?.typeof', 'a++', 'a--',
  'this', '({})', 'x = {}', '/a/', '/a/g', 'a!', 'function () {}.b', '(() => {})', 'f`a`', 'true', 'null', 'super_', '$', 'a.of',
];

const namesOf = (text) => moduleNames(text, false)?.filter(({ doubt }) => !doubt).map(({ start, end }) => `${start}:${end}`);

test('a pattern is one after each word and mark that an expression may follow', () => {
  for (const start of BEFORE_A_PATTERN) {
    const text = `${start}\n; require('jose'); ' / '`;
    const [file, errors] = parse('a.ts', text);
    assert.equal(errors, 0, text);
    assert.equal(namesIn(file).length, 1, text);
    assert.deepEqual(namesOf(text), namesIn(file), text);
  }
});

test('a division is one after each kind of value', () => {
  for (const value of BEFORE_A_DIVISION) {
    const text = `q = ${value} / require('jose') / 2`;
    const [file, errors] = parse('a.ts', text);
    assert.equal(errors, 0, text);
    assert.equal(namesIn(file).length, 1, text);
    assert.deepEqual(namesOf(text), namesIn(file), text);
  }
});

test('what never ends cannot be read, and is left alone', () => {
  for (const text of ['`a', '`${a', '`${`', '{ `${a}']) {
    assert.ok(!moduleNames(`import 'jose'; ${text}`, false), text);
  }
});
