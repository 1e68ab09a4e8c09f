// What is told when the native part cannot be loaded.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';

const cwd = fileURLToPath(new URL('..', import.meta.url));
const TELL = '.catch((e) => console.log(JSON.stringify({ code: e.code, message: e.message })))';
const open = (store) =>
  `new (require('latchkey').Sessions)({ store: '${store}', publicUrl: 'http://localhost:3000' })` +
  `.create('u')${TELL}`;
const tell = (flags, code) =>
  JSON.parse(execFileSync(process.execPath, [...flags, '-e', code], { cwd, encoding: 'utf8' }));

test('N13: a Node that was told to load no addons says so, and names the flag', () => {
  for (const store of ['memory:', 'postgres://127.0.0.1:1/x']) {
    const { code, message } = tell(['--no-addons'], open(store));
    assert.equal(code, 'ERR_LATCHKEY_NO_BINARY');
    assert.match(message, /--no-addons/);
    assert.match(message, /--allow-addons/);
    assert.doesNotMatch(message, /build it from source/);
  }
});

const PRETEND = "Object.defineProperty(process, 'platform', { value: 'darwin' });";

test('where there is no binary the drop-ins use WebCrypto, and what they make is read everywhere', () => {
  const key = 'a secret of thirty-two characters';
  const dropIns = `
    const key = new TextEncoder().encode('${key}'), password = '${key}';
    (async () => {
      const { SignJWT, cryptoRuntime } = await import('latchkey/jose');
      const jwt = await new SignJWT({ a: 1 }).setProtectedHeader({ alg: 'HS256' }).sign(key);
      const seal = await require('latchkey/iron-session').sealData({ b: 2 }, { password });
      console.log(JSON.stringify({ cryptoRuntime, jwt, seal, same: require('latchkey/jose').SignJWT === SignJWT }));
    })();`;
  const there = tell([], PRETEND + dropIns);
  assert.deepEqual([there.cryptoRuntime, there.same], ['WebCryptoAPI', true]);
  const here = tell([], `(async () => console.log(JSON.stringify({
    runtime: require('latchkey/jose').cryptoRuntime,
    jwt: (await require('latchkey/jose').jwtVerify('${there.jwt}', Buffer.from('${key}'))).payload,
    seal: await require('latchkey/iron-session').unsealData('${there.seal}', { password: '${key}' }),
  })))()`);
  assert.deepEqual(here, { runtime: 'latchkey', jwt: { a: 1 }, seal: { b: 2 } });
});

test('where there is no binary sessions name the platform, the cure and the page about it', () => {
  const { code, message } = tell([], PRETEND + open('memory:'));
  assert.equal(code, 'ERR_LATCHKEY_NO_BINARY');
  assert.match(message, /\(darwin-\w+, Node v.*`\.\/dev pack`.*docs\/npm\/platforms\.md/);
});
