// L5: the functions of the addon take junk, handles of another kind and closed ones, and the process
// lives on. Its own process: what goes wrong here ends it.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { luciaFile } from './support/lucia_tables.mjs';

test('no function of the addon trusts a handle that it did not make', { timeout: 120_000 }, (t) => {
  const script = fileURLToPath(new URL('./support/junk_calls.mjs', import.meta.url));
  const out = execFileSync(process.execPath, [script, luciaFile(t)], { encoding: 'utf8' });
  const { calls, refused, accepted } = JSON.parse(out);
  assert.ok(calls > 1000, `${calls} calls`);
  assert.ok(refused > 500, `${refused} refused`);
  assert.deepEqual(accepted, [], 'a handle of another kind was taken');
});
