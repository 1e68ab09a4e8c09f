// The command line, in projects made for each test.
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { project } from './support/project.mjs';

test('secret prints 32 random bytes that the core accepts', (t) => {
  const { run } = project(t, {});
  const one = run('secret').out.trim();
  assert.equal(Buffer.from(one, 'base64').length, 32);
  assert.notEqual(run('secret').out.trim(), one);
});

test('codemod imports changes module names and nothing else', (t) => {
  const before = `import { Lucia } from "lucia";
import type { SessionOptions } from 'iron-session';
export * from 'jose';
const jose = require('jose');
const later = await import('iron-session');
import 'lucia';
const text = 'jose'; // from jose
import { other } from 'jose-other';
import { PrismaAdapter } from '@lucia-auth/adapter-prisma';\n`;
  const { run, read } = project(t, { 'lib/a.ts': before, 'lib/b.ts': 'export {};\n',
    'node_modules/x/a.js': "require('jose')" });
  assert.match(run('codemod', 'imports', '--dry').out, /lib\/a\.ts: .*\n1 file would change/);
  assert.equal(read('lib/a.ts'), before);
  assert.match(run('codemod', 'imports').out, /\n1 file changed/);
  assert.equal(read('lib/a.ts'), before
    .replace('"lucia"', '"latchkey/lucia"').replace("'lucia'", "'latchkey/lucia'")
    .replaceAll("'iron-session'", "'latchkey/iron-session'")
    .replace("from 'jose'", "from 'latchkey/jose'").replace("('jose')", "('latchkey/jose')"));
  assert.equal(read('node_modules/x/a.js'), "require('jose')");
  assert.match(run('codemod', 'imports').out, /^0 files changed/);
  assert.equal(run('codemod').code, 2);
});

test('migrate makes a database of Lucia ready and keeps its live sessions', async (t) => {
  const { root, run } = project(t, {});
  const { default: Database } = await import(new URL('peers/node_modules/better-sqlite3/lib/index.js', import.meta.url));
  const file = join(root, 'app.db');
  const database = new Database(file);
  database.exec(`CREATE TABLE user(id TEXT NOT NULL PRIMARY KEY);
    CREATE TABLE session(id TEXT NOT NULL PRIMARY KEY, expires_at INTEGER NOT NULL,
      user_id TEXT NOT NULL REFERENCES user(id));
    INSERT INTO user VALUES ('u'); INSERT INTO session VALUES ('old', 1000, 'u');
    INSERT INTO session VALUES ('live', 4000000000, 'u');`);
  database.close();
  const done = run('migrate', 'lucia', 'app.db');
  assert.equal(done.code, 0, done.err);
  const after = new Database(file, { readonly: true });
  assert.deepEqual(after.prepare('SELECT id FROM session').pluck().all(), ['live']);
  assert.equal(after.prepare("SELECT count(*) FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL").pluck().get(), 2);
  after.close();
  assert.equal(run('migrate', 'lucia', 'none.db').code, 1);
  assert.equal(run('migrate', 'lucia', 'app.db', '--session-table', 'nothing').code, 1);
  assert.equal(run('migrate', 'auth0').code, 2);
});

test('a word that is no command is refused, and help helps', (t) => {
  const { run } = project(t, {});
  assert.equal(run('install').code, 2);
  assert.match(run('--help').out, /npx latchkey doctor/);
});
