// latchkey/jose/errors, /jwt/sign ... are what jose has under these names, with the same classes as
// the main entry, however they are loaded (P-D4).
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { test } from 'node:test';
import ts from 'typescript';
import { importPeer } from './support/peers.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const { exports: paths } = JSON.parse(readFileSync(`${root}package.json`, 'utf8'));
const SUBPATHS = Object.keys(paths)
  .filter((path) => path.startsWith('./jose/'))
  .map((path) => path.slice('./jose/'.length));

test('the sub-paths are those of jose for what is offered', () => {
  assert.deepEqual(SUBPATHS.toSorted(), [
    'base64url',
    'decode/protected_header',
    'errors',
    'jwt/decode',
    'jwt/decrypt',
    'jwt/encrypt',
    'jwt/sign',
    'jwt/unsecured',
    'jwt/verify',
  ]);
});

test('each sub-path exports what it does in jose', async () => {
  for (const path of SUBPATHS) {
    const [ours, theirs] = [await import(`latchkey/jose/${path}`), await importPeer(`jose/${path}`)];
    assert.deepEqual(Object.keys(ours).sort(), Object.keys(theirs).sort(), path);
  }
});

// Loads everything in both ways, and prints whether all of them are one.
const SAME = `
  const { createRequire } = await import('node:module');
  const require = createRequire(process.cwd() + '/');
  const main = await import('latchkey/jose');
  const known = { ...main, ...main.errors, ...main.base64url };
  const wrong = [];
  for (const path of ${JSON.stringify(SUBPATHS)}) {
    const loaded = [await import('latchkey/jose/' + path), require('latchkey/jose/' + path)];
    for (const found of loaded) {
      for (const name of Object.keys(found)) if (found[name] !== known[name]) wrong.push(path + ' ' + name);
    }
  }
  const { jwtVerify } = await import('latchkey/jose/jwt/verify');
  const { SignJWT } = await import('latchkey/jose/jwt/sign');
  const { JWTExpired } = await import('latchkey/jose/errors');
  const key = new Uint8Array(32);
  const token = await new SignJWT({}).setProtectedHeader({ alg: 'HS256' }).setExpirationTime(1).sign(key);
  const error = await jwtVerify(token, key).catch((e) => e);
  console.log(JSON.stringify([wrong, error instanceof JWTExpired, main.cryptoRuntime]));`;

for (const [conditions, runtime] of [
  [[], 'latchkey'],
  ...['edge-light', 'workerd', 'browser'].map((name) => [['-C', name], 'WebCryptoAPI']),
]) {
  test(`every way to load them gives the same classes, ${conditions.at(-1) ?? 'node'}`, () => {
    const flags = [...conditions, '--input-type=module', '-e', SAME];
    const out = execFileSync(process.execPath, flags, { cwd: root, encoding: 'utf8' });
    assert.deepEqual(JSON.parse(out), [[], true, runtime]);
  });
}

// Types of functions that latchkey/jose does not offer.
const NOT_OFFERED =
  /^(?:(?:Compact|Flattened|General)(?:Verify|Decrypt)GetKey|(?:Local|Remote)JWKSet(?:Options)?|Recipient|Signature|JWKSCacheInput|ExportedJWKSCache|FetchImplementation|KeyImportOptions|Generate(?:KeyPair|Secret)(?:Algorithm|Options|Result))$/;

test('every type that jose exports for what is offered has its name here', () => {
  const [ours, theirs] = [`${root}dist/jose.d.ts`, `${root}test/peers/node_modules/jose/dist/types/index.d.ts`];
  const program = ts.createProgram([ours, theirs], {
    module: ts.ModuleKind.NodeNext,
    skipLibCheck: true,
    types: ['node'],
  });
  const checker = program.getTypeChecker();
  const exportsOf = (symbol) => checker.getExportsOfModule(symbol);
  const moduleOf = (file) => checker.getSymbolAtLocation(program.getSourceFile(file));
  const namesOf = (symbol) => exportsOf(symbol).map(({ name }) => name);
  const errorsOf = (file) => {
    const errors = exportsOf(moduleOf(file)).find(({ name }) => name === 'errors');
    return namesOf(checker.getAliasedSymbol(errors));
  };
  const here = new Set(namesOf(moduleOf(ours)));
  const missing = namesOf(moduleOf(theirs)).filter((name) => !here.has(name) && !NOT_OFFERED.test(name));
  assert.deepEqual(missing, ['jwksCache', 'customFetch']);
  assert.deepEqual(errorsOf(ours).sort(), errorsOf(theirs).sort());
});
