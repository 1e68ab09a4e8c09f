// Runs the browser tests. --counts FILE: appends "PASSED FAILED" to it. --folder FOLDER: those of
// another folder. --only PATTERN: the files whose name matches.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { appendFileSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const FILE_LIMIT = 400_000; // ms a file of tests may take; some 20 s are usual on an idle machine
const RUN_LIMIT = 1_800_000; // and all of them

const argument = (name) => {
  const at = process.argv.indexOf(name);
  return at < 0 ? undefined : process.argv[at + 1];
};
const here = resolve(argument('--folder') ?? fileURLToPath(new URL('.', import.meta.url)));
const files = readdirSync(here).filter((name) => name.endsWith('_test.mjs') &&
  new RegExp(argument('--only') ?? '').test(name));
const scratch = mkdtempSync(join(tmpdir(), 'latchkey-tap-'));
const tap = join(scratch, 'tap');
// A group of its own: what hangs is ended with all that it started.
const child = spawn(process.execPath, ['--test', '--test-concurrency=2', `--test-timeout=${FILE_LIMIT}`,
  '--test-reporter=spec', '--test-reporter-destination=stdout',
  '--test-reporter=tap', `--test-reporter-destination=${tap}`,
  ...files.map((name) => join(here, name))], { stdio: 'inherit', detached: true });
const late = setTimeout(() => {
  console.error(`ended: the browser tests took more than ${RUN_LIMIT / 1000} s`);
  process.kill(-child.pid, 'SIGKILL');
}, RUN_LIMIT);
const [status] = await once(child, 'exit');
clearTimeout(late);

const result = readFileSync(tap, 'utf8');
rmSync(scratch, { recursive: true });
const total = (word) => Number(result.match(new RegExp(`^# ${word} (\\d+)$`, 'm'))?.[1] ?? 0);
const failed = total('fail') + total('cancelled') + (status === null ? 1 : 0);
const passed = total('pass');
const counts = argument('--counts');
if (counts) appendFileSync(counts, `${passed} ${failed}\n`);
process.exit(status !== 0 || failed > 0 || passed === 0 ? 1 : 0);
