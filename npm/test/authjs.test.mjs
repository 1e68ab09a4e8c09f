// The code of docs/migrate/authjs_next.md, as it is printed.
import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { temporaryFolder } from './support/lucia_tables.mjs';

const read = (path) => readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8');

test('the function of the page opens cookies of Auth.js 5 and takes nothing else for one', async (t) => {
  const code = /^\/\/ lib\/authjs\.js\n(.*?)^```/ms.exec(read('docs/migrate/authjs_next.md'))[1];
  const file = join(temporaryFolder(t), 'authjs.mjs');
  writeFileSync(file, code.replace("'latchkey/jose'", `'${import.meta.resolve('latchkey/jose')}'`));
  const { readAuthjs } = await import(file);
  const { tokens } = JSON.parse(read('tests/vectors/jwt.json')).authjs;
  let opened = 0;
  for (const { id, version, clock, secret, salt, token, header, expected } of tokens) {
    // The window is for the usual form; old keys of A256GCM are another.
    if (version !== 5 || header?.enc !== 'A256CBC-HS512' || typeof secret !== 'string') continue;
    t.mock.timers.enable({ apis: ['Date'], now: clock * 1000 });
    const claims = await readAuthjs(token, secret, salt);
    t.mock.timers.reset();
    const { sub, exp } = expected.payload ?? {};
    const wanted = expected.outcome === 'ok' && sub !== undefined && exp !== undefined ? expected.payload : null;
    assert.deepEqual(claims, wanted, id);
    if (claims) opened += 1;
  }
  assert.ok(opened > 0, 'one of them opens');
  assert.equal(await readAuthjs('', 'secret', 'authjs.session-token'), null);
});
