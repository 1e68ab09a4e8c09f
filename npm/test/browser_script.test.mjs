// The file that the C++ library serves as /latchkey.js is this package's client.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { runInNewContext } from 'node:vm';

const TOOL = fileURLToPath(new URL('../tools/browser.mjs', import.meta.url));
const SCRIPT = new URL('../../src/auth/browser_client/latchkey.js', import.meta.url);

test('src/auth/browser_client/latchkey.js is what npm/src/client says', () => {
  execFileSync(process.execPath, [TOOL, '--check'], { stdio: 'pipe' });
});

test('it leaves one name behind and asks beside its own address', async () => {
  const asked = [];
  const listeners = { addEventListener() {}, removeEventListener() {} };
  const page = {
    URL, URLSearchParams, Date, Promise, queueMicrotask, setTimeout, clearTimeout,
    ...listeners,
    location: { search: '', pathname: '/', replace() {} },
    navigator: { onLine: true },
    document: { ...listeners, readyState: 'complete', visibilityState: 'visible', querySelector: () => null,
      querySelectorAll: () => [], currentScript: { src: 'https://a.example/auth/latchkey.js?v=1', dataset: {} } },
    fetch: async (path, init) => {
      asked.push([path, init.method ?? 'GET']);
      return { ok: true, json: async () => ({ status: 'unauthenticated', session: null, now: 0 }) };
    },
  };
  page.window = page;
  const before = new Set(Object.keys(page));
  runInNewContext(readFileSync(SCRIPT, 'utf8'), page);
  assert.deepEqual(Object.keys(page).filter((name) => !before.has(name)), ['latchkey']);
  await page.latchkey.check();
  assert.equal(page.latchkey.session().status, 'unauthenticated');
  await page.latchkey.signOut();
  assert.deepEqual(asked.slice(-1), [['/auth/v1/logout', 'POST']]);
  assert.deepEqual(asked[0], ['/auth/v1/session/status', 'GET']);
});
