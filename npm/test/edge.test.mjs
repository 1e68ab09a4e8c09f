// What edge runtimes load runs with nothing but what the web has: no require of Node, no Buffer, no
// process.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import vm from 'node:vm';

const dist = fileURLToPath(new URL('../dist/', import.meta.url));
const web = {
  AbortController,
  Blob,
  DOMException,
  DecompressionStream,
  Headers,
  Request,
  Response,
  TextDecoder,
  TextEncoder,
  atob,
  btoa,
  crypto,
  structuredClone,
};

// load runs a CommonJS file and what it requires in a context of the web's globals.
function load(entry) {
  const context = vm.createContext({ ...web });
  const loaded = new Map();
  const run = (file) => {
    if (loaded.has(file)) return loaded.get(file).exports;
    const module = { exports: {} };
    loaded.set(file, module);
    const require = (name) => {
      assert.match(name, /^\.{1,2}\//, `${file} requires ${name}`);
      return run(join(dirname(file), `${name}.js`));
    };
    const code = `(function (module, exports, require) {${readFileSync(file, 'utf8')}\n})`;
    const script = vm.runInContext(code, context, { filename: file });
    script(module, module.exports, require);
    return module.exports;
  };
  return run(join(dist, entry));
}

const password = 'Gbm49ATjnqnkCCCdhV4uDBhbfnPqsCW0';

test('latchkey/iron-session runs where there is no Node', async () => {
  const { getIronSession, unsealData } = load('edge/iron-session.js');
  const request = new Request('https://app.example/');
  const response = new Response();
  const session = await getIronSession(request, response, { cookieName: 'sid', password });
  session.userId = 'u1';
  await session.save();
  const [line] = response.headers.getSetCookie();
  const seal = /^sid=([^;]*); Max-Age=1209540; Path=\/; HttpOnly; Secure; SameSite=Lax$/.exec(line);
  assert.equal((await unsealData(seal[1], { password })).userId, 'u1');
});

test('latchkey/jose runs where there is no Node', async () => {
  const { EncryptJWT, SignJWT, errors, jwtDecrypt, jwtVerify } = load('edge/jose.js');
  const key = new TextEncoder().encode('0123456789abcdef0123456789abcdef');
  const token = await new SignJWT({ userId: 'u1' }).setProtectedHeader({ alg: 'HS256' }).sign(key);
  assert.equal((await jwtVerify(token, key)).payload.userId, 'u1');
  await assert.rejects(jwtVerify(`${token}A`, key), errors.JWSSignatureVerificationFailed);
  const header = { alg: 'dir', enc: 'A256GCM' };
  const sealed = await new EncryptJWT({ userId: 'u1' }).setProtectedHeader(header).encrypt(key);
  assert.equal((await jwtDecrypt(sealed, key)).payload.userId, 'u1');
});
