// The code of docs/npm/recipes/next_roles.md, on a Next.js that is only pretended.
import './support/fake_next.mjs';
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { inRequest, signIn } from 'latchkey/testing';
import ts from 'typescript';

const { createSessions } = await import('latchkey/next');
const page = fileURLToPath(new URL('../../docs/npm/recipes/next_roles.md', import.meta.url));

/** The exports of one file of the page; `modules` are what it imports. */
function load(file, modules) {
  const [, code] = readFileSync(page, 'utf8').split(`// ${file}\n`)[1].match(/^([^]*?)\n```/);
  const { outputText } = ts.transpileModule(code, { compilerOptions: { module: ts.ModuleKind.CommonJS, target: ts.ScriptTarget.ES2022 } });
  const exports = {};
  new Function('exports', 'require', outputText)(exports, (name) => modules[name] ?? assert.fail(name));
  return exports;
}

test('a role: a visitor is sent to log in, a member gets 403, and a change holds at once', async () => {
  const session = createSessions({ store: 'memory:roles', publicUrl: 'http://localhost:3000' });
  const people = new Map([['ada', { name: 'Ada', role: 'admin' }], ['bob', { name: 'Bob', role: 'member' }]]);
  const forbidden = () => {
    throw Object.assign(new Error('forbidden'), { digest: 'NEXT_HTTP_ERROR_FALLBACK;403' });
  };
  const { requireRole } = load('lib/roles.ts', {
    'next/navigation': { forbidden }, '@/lib/session': session,
    '@/lib/people': { findPerson: async (id) => people.get(id) ?? null },
  });
  const ask = async (as) => (await inRequest({ as }, () => requireRole('admin', '/admin')));
  assert.equal((await ask(undefined)).redirect, '/login?next=%2Fadmin');
  const [ada, bob, nobody] = await Promise.all(['ada', 'bob', 'stranger'].map((id) => signIn(session, id)));
  assert.equal((await ask(ada)).value.name, 'Ada');
  for (const as of [bob, nobody]) await assert.rejects(ask(as), /forbidden/);
  people.get('ada').role = 'member';
  await assert.rejects(ask(ada), /forbidden/);
});
