// A project for one test, in which the command line runs.
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const PACKAGE = fileURLToPath(new URL('../..', import.meta.url));
const CLI = join(PACKAGE, 'dist/cli.js');

export function project(t, files, manifest = {}) {
  const root = mkdtempSync(join(tmpdir(), 'latchkey-cli-'));
  t.after(() => rmSync(root, { recursive: true }));
  const dependencies = { next: '16.4.6', latchkey: '0.1.0' };
  const all = { 'package.json': JSON.stringify({ dependencies, ...manifest }), ...files };
  for (const [path, text] of Object.entries(all)) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  }
  return {
    root,
    read: (path) => readFileSync(join(root, path), 'utf8'),
    run: (...words) => {
      const done = spawnSync(process.execPath, [CLI, ...words], { cwd: root, encoding: 'utf8', timeout: 20_000 });
      return { code: done.status, out: done.stdout, err: done.stderr };
    },
  };
}
