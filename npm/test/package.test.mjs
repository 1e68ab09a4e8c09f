// The package as it is shipped: the tarball that ./dev pack leaves.
import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { temporaryFolder } from './support/lucia_tables.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const pkg = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
const tarball = join(root, `latchkey-${pkg.version}.tgz`);
const tool = (name) => join(root, 'node_modules/.bin', name);
const run = (file, args, options = {}) => execFileSync(file, args, { encoding: 'utf8', ...options });

test('nothing runs or is compiled at installation, and nothing else is brought along', () => {
  const names = run('tar', ['tzf', tarball]).trim().split('\n');
  assert.ok(names.includes('package/prebuilds/linux-x64/latchkey.node'), 'the binary');
  assert.ok(names.includes('package/LICENSE') && names.includes('package/README.md'));
  assert.deepEqual(names.filter((name) => /binding\.gyp|\.tgz|node_modules|\/test\//.test(name)), []);
  // npm would refuse the platform with EBADPLATFORM, and nobody would read our sentence.
  assert.deepEqual([pkg.os, pkg.cpu], [undefined, undefined]);
  for (const field of ['dependencies', 'optionalDependencies', 'bundleDependencies', 'scripts']) {
    assert.deepEqual(Object.keys(pkg[field] ?? {}), [], field);
  }
});

// Most of it is the binary. It was 15 MiB with two binaries, built for speed.
test('installed, it takes less than 8 MiB', (t) => {
  const sizes = run('tar', ['tzvf', tarball]).trim().split('\n').map((line) => Number(line.split(/\s+/)[2]));
  const total = sizes.reduce((sum, size) => sum + size, 0);
  t.diagnostic(`${total} bytes`);
  assert.ok(total > 4 * 2 ** 20 && total < 8 * 2 ** 20, `${total} bytes`);
});

test('every export has its files, with the types first', () => {
  const files = new Set(run('tar', ['tzf', tarball]).trim().split('\n'));
  const walk = (target) => {
    if (typeof target === 'string') {
      assert.ok(files.has(target.replace('.', 'package')), target);
      return;
    }
    const keys = Object.keys(target);
    if ('types' in target) assert.equal(keys[0], 'types');
    assert.ok(!keys.includes('default') || keys.at(-1) === 'default');
    Object.values(target).forEach(walk);
  };
  walk(pkg.exports);
});

test('publint has no complaint', () => {
  assert.match(run(tool('publint'), [tarball, '--strict'], { cwd: root }), /All good/);
});

test('are-the-types-wrong has no complaint', () => {
  assert.match(run(tool('attw'), [tarball]), /No problems found/);
});

test('a strict program compiles against the types, and wrong ones do not', () => {
  const out = spawnSync(tool('tsc'), ['-p', join(root, 'test/types')], { encoding: 'utf8' });
  assert.equal(out.stdout + out.stderr, '');
  assert.equal(out.status, 0);
});

const full = process.env.LATCHKEY_FULL ? {} : { skip: 'in --full' };

test('the reference can be made of the types without a warning', full, () => {
  run(tool('typedoc'), ['--emit', 'none'], { cwd: root, stdio: 'pipe' });
});

test('the reference is of every entry that programs import', () => {
  const { entryPoints } = JSON.parse(readFileSync(join(root, 'typedoc.json'), 'utf8'));
  // What stands below latchkey/jose is in latchkey/jose, too.
  const modules = Object.keys(pkg.exports)
    .filter((entry) => !['./native', './package.json'].includes(entry) && !entry.startsWith('./jose/'))
    .map((entry) => `src/${entry.slice(2).replace('next/config', 'next_config') || 'index'}.ts`);
  assert.deepEqual(entryPoints.toSorted(), modules.toSorted());
});

const PROGRAM = `
const { Sessions } = require('latchkey');
const sessions = new Sessions({ store: 'sqlite:app.db' });
(async () => {
  const native = () => process.report.getReport().sharedObjects.filter((f) => f.includes('latchkey'));
  for (const name of ENTRIES) { require(name); await import(name); }
  const before = native().length;
  const esm = await import('latchkey');
  const { token } = await sessions.create('u1');
  const state = new esm.Sessions({ store: 'sqlite:app.db' }).validate(token).state;
  console.log(JSON.stringify({ before, after: native().length, same: esm.Sessions === Sessions, state }));
})();
`;

test('it installs into an empty folder without scripts, a compiler or a network', (t) => {
  const folder = temporaryFolder(t);
  writeFileSync(join(folder, 'package.json'), '{ "name": "clean", "private": true }');
  const flags = ['--offline', '--ignore-scripts', '--no-audit', '--no-fund', '--no-save'];
  run('npm', ['install', ...flags, tarball], { cwd: folder, stdio: 'pipe' });
  const peers = /\/(react|jotai|next|client|testing|iron-session|jose|native)/;
  const entries = Object.keys(pkg.exports)
    .filter((path) => !path.endsWith('.json') && !peers.test(path))
    .map((path) => path.replace('.', 'latchkey'));
  writeFileSync(join(folder, 'run.cjs'), PROGRAM.replace('ENTRIES', JSON.stringify(entries)));
  const env = { ...process.env, PATH: '/nowhere' };
  const out = JSON.parse(run(process.execPath, ['run.cjs'], { cwd: folder, env }));
  // Nothing native is loaded at import, and both ways of importing share one copy of it.
  assert.deepEqual(out, { before: 0, after: 1, same: true, state: 'active' });
  assert.deepEqual(readdirSync(join(folder, 'node_modules')).filter((n) => !n.startsWith('.')), [
    'latchkey',
  ]);
});

test('on another platform it says in one sentence what to do', () => {
  const script = `
    Object.defineProperty(process, 'platform', { value: 'sunos' });
    const { Sessions } = require('latchkey');
    try { new Sessions({ store: 'memory:' }).open(); }
    catch (error) { console.log(error.code + ' ' + error.message); }`;
  const out = run(process.execPath, ['-e', script], { cwd: root });
  assert.match(out, /^ERR_LATCHKEY_NO_BINARY latchkey has no native part that runs here \(sunos-/);
  assert.match(out, /build it from source with one command, `\.\/dev pack`/);
});

test('the browser and the edge are told that stored sessions need Node', () => {
  for (const condition of ['browser', 'edge-light', 'workerd']) {
    const script = `
      import { Lucia } from 'latchkey/lucia';
      try { new Lucia({}); } catch (error) { console.log(error.code, error.message); }`;
    const flags = ['-C', condition, '--input-type=module', '-e', script];
    const out = run(process.execPath, flags, { cwd: root });
    assert.match(out, /^ERR_LATCHKEY_NEEDS_NODE latchkey\/lucia needs Node\.js/, condition);
  }
});
