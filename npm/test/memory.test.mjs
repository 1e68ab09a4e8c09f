// A million calls leave the process as large as it was.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { luciaFile } from './support/lucia_tables.mjs';

const PROGRAM = `
import { Sessions } from 'latchkey';
import { unsealData, sealData } from 'latchkey/iron-session';
import { SignJWT, verifySync } from 'latchkey/jose';
import { Lucia, sqlite } from 'latchkey/lucia';
const sessions = new Sessions({ store: 'memory:' });
const sealed = new Sessions({ store: 'memory:', carrier: 'sealed', secret: 'kR7vN2pQ9sT4wX1zB6dF3gH8jL5mC0aE' });
const auth = new Lucia(sqlite(process.argv[1]));
const attributes = { theme: 'dark', list: [1, 2, 3] };
const { token } = await sessions.create('u1', { attributes });
const text = (await sealed.create('u1', { attributes })).token;
const { id } = await auth.createSession('u1', {});
const password = 'Gbm49ATjnqnkCCCdhV4uDBhbfnPqsCW0';
const seal = await sealData({ userId: 'u1' }, { password });
const key = new Uint8Array(32).fill(5);
const jwt = new SignJWT({ userId: 'u1' }).setProtectedHeader({ alg: 'HS256' }).signSync(key);
async function calls(count) {
  for (let i = 0; i < count; i += 7) {
    if (sessions.validate(token, { withUser: true }).state !== 'active') throw new Error('stored');
    sessions.validate('lk1_' + 'x'.repeat(47));
    if (sealed.validate(text).state !== 'active') throw new Error('sealed');
    if (!(await auth.validateSession(id)).session) throw new Error('lucia');
    if ((await unsealData(seal, { password })).userId !== 'u1') throw new Error('iron-session');
    if (verifySync(jwt, key).payload.userId !== 'u1') throw new Error('jose');
    sessions.readCookie('a=1; session=' + token);
  }
}
const size = () => { gc(); gc(); return process.memoryUsage().rss; };
await calls(100_000);
const before = size();
await calls(1_000_000);
console.log(JSON.stringify({ grown: size() - before }));
`;

test('memory is flat over a million calls', (t) => {
  const flags = ['--expose-gc', '--input-type=module', '-e', PROGRAM, luciaFile(t)];
  const cwd = fileURLToPath(new URL('..', import.meta.url));
  const { grown } = JSON.parse(execFileSync(process.execPath, flags, { cwd, encoding: 'utf8' }));
  // A leak of 16 bytes a call would be twice this.
  assert.ok(grown < 8 * 1024 * 1024, `grown by ${grown} bytes`);
});
