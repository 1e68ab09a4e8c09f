// latchkey/guard: the core's rules on Node.js, and their twin for edge runtimes, on the same cases.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { test } from 'node:test';
import * as core from 'latchkey/guard';

const require = createRequire(import.meta.url);
const twin = require('../dist/edge/guard.js');
const file = new URL('../../tests/auth_cases/guard.json', import.meta.url);
const { origins, paths } = JSON.parse(readFileSync(file, 'utf8'));
const shapes = Object.entries({ core, twin });

test('who sent a request, in every case', () => {
  assert.ok(origins.length >= 50);
  for (const { method, url, headers, want } of origins) {
    for (const [name, { checkOrigin }] of shapes) {
      for (const given of [headers, new Headers(headers)]) {
        const verdict = checkOrigin({ method, headers: given }, url);
        assert.equal(verdict, want, `${name}: ${method} ${url} ${JSON.stringify(headers)}`);
      }
    }
  }
});

test('where a path leads, in every case', () => {
  assert.ok(paths.length >= 50);
  for (const { path, want } of paths) {
    for (const [name, { safePath }] of shapes) {
      assert.equal(safePath(path, 'elsewhere'), want ?? 'elsewhere', `${name}: ${path.slice(0, 99)}`);
    }
  }
  for (const value of [undefined, null, 5, ['/a'], {}]) {
    for (const [name, { safePath }] of shapes) assert.equal(safePath(value), '/', `${name}: ${String(value)}`);
  }
});

test('core and twin agree on whatever is put together', () => {
  const values = {
    origin: [undefined, 'null', '', 'https://app.example.com', 'https://evil.example', 'http://127.0.0.1:3000'],
    'sec-fetch-site': [undefined, 'none', 'same-origin', 'same-site', 'cross-site', 'x'],
    'content-type': [undefined, 'text/plain', 'application/json', ';', 'multipart/form-data ; x'],
    upgrade: [undefined, 'websocket', 'x'],
  };
  let asked = 0;
  const ask = (headers, [name, ...more]) => {
    for (const value of values[name]) {
      const sent = value === undefined ? headers : { ...headers, [name]: value };
      if (more.length > 0) ask(sent, more);
      else {
        for (const method of ['GET', 'POST', 'PUT', 'FROB', undefined]) {
          for (const url of ['https://app.example.com', 'http://localhost:3000']) {
            const request = { method, headers: sent };
            assert.equal(twin.checkOrigin(request, url), core.checkOrigin(request, url), JSON.stringify(request));
            asked += 1;
          }
        }
      }
    }
  };
  ask({}, Object.keys(values));
  assert.equal(asked, 6 * 6 * 5 * 3 * 10);
  const pieces = ['/', 'a', '.', '..', '%2f', '%2E', '\\', '?', '#', 'é', ' ', '%', '%5c', '\u0001'];
  for (const one of pieces) {
    for (const two of pieces) {
      for (const three of pieces) {
        const path = `/${one}${two}${three}`;
        assert.equal(twin.safePath(path, ''), core.safePath(path, ''), JSON.stringify(path));
      }
    }
  }
});

test('a public URL that is none is refused', () => {
  for (const url of ['example.com', '', 'http://example.com']) {
    assert.throws(() => core.checkOrigin({ method: 'POST', headers: {} }, url), { code: 'ERR_LATCHKEY_BAD_CONFIG' });
  }
});
