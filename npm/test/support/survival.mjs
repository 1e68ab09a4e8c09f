// Scripts that must end by themselves, whatever happens to their workers.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

export const FULL = Boolean(process.env.LATCHKEY_FULL);

/** survives runs a script of this folder, which has to exit with 0. */
export async function survives(name, argument) {
  const script = fileURLToPath(new URL(name, import.meta.url));
  const child = spawn(process.execPath, [script, JSON.stringify(argument)], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let told = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (text) => (told += text));
  const [code, signal] = await once(child, 'close');
  assert.deepEqual({ code, signal }, { code: 0, signal: null }, told);
}

/** workersEnd has workers end in the middle of every call there is for these stores. */
export const workersEnd = (stores) =>
  survives('ending_workers.cjs', { stores, rounds: FULL ? 40 : 3, workers: FULL ? 4 : 2 });
