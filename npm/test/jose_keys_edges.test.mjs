// Keys that are for something else are refused as jose refuses them, each for its own reason.
import assert from 'node:assert/strict';
import { createSecretKey, generateKeyPairSync, webcrypto } from 'node:crypto';
import { test } from 'node:test';
import * as peer from '../test/peers/node_modules/jose/dist/webapi/index.js';
import { joses } from './support/codecs.mjs';

const RAW = new TextEncoder().encode('0123456789abcdef0123456789abcdef');
const { subtle } = webcrypto;
const hmac = (hash, usages) => subtle.importKey('raw', RAW, { name: 'HMAC', hash }, true, usages);
const aes = (name, length, usages) => subtle.importKey('raw', RAW.slice(0, length / 8), name, true, usages);
const jwk = (more) => ({ kty: 'oct', k: Buffer.from(RAW).toString('base64url'), ...more });
const pair = generateKeyPairSync('ec', { namedCurve: 'P-256' });

const sign = (jose, key, alg) => new jose.SignJWT({ a: 1 }).setProtectedHeader({ alg }).sign(key);
const seal = (jose, key, alg, enc) => new jose.EncryptJWT({ a: 1 }).setProtectedHeader({ alg, enc }).encrypt(key);
const token = await sign(peer, RAW, 'HS256');
const sealed = await seal(peer, RAW, 'dir', 'A256GCM');

// What a call of theirs comes to: a class and a message, or nothing.
const outcome = async (call) => {
  try {
    await call();
    return 'done';
  } catch ({ name, code, message }) {
    return { name, code, message };
  }
};

const KEYS = {
  'bytes': RAW, 'an object of Node.js': createSecretKey(RAW),
  'HMAC for both': await hmac('SHA-256', ['sign', 'verify']),
  'HMAC to sign only': await hmac('SHA-256', ['sign']), 'HMAC to verify only': await hmac('SHA-256', ['verify']),
  'HMAC of another hash': await hmac('SHA-512', ['sign', 'verify']),
  'AES-GCM': await aes('AES-GCM', 256, ['encrypt', 'decrypt']), 'AES-GCM to encrypt only': await aes('AES-GCM', 256, ['encrypt']),
  'AES-GCM to decrypt only': await aes('AES-GCM', 256, ['decrypt']),
  'AES-GCM, shorter': await aes('AES-GCM', 128, ['encrypt', 'decrypt']),
  'AES-CBC': await aes('AES-CBC', 256, ['encrypt', 'decrypt']), 'AES-KW': await aes('AES-KW', 256, ['wrapKey', 'unwrapKey']),
  'a JWK': jwk(), 'a JWK to sign': jwk({ use: 'sig', key_ops: ['sign', 'verify'], alg: 'HS256' }),
  'a JWK to encrypt': jwk({ use: 'enc' }), 'a JWK of another algorithm': jwk({ alg: 'HS512' }),
  'a JWK to verify only': jwk({ key_ops: ['verify'] }), 'a JWK of no kind': { k: jwk().k }, 'a JWK without its key': { kty: 'oct' },
  'a JWK of a pair': pair.publicKey.export({ format: 'jwk' }), 'a private key': pair.privateKey, 'a public key': pair.publicKey,
};
const CALLS = {
  'sign HS256': (jose, key) => sign(jose, key, 'HS256'),
  'verify': (jose, key) => jose.jwtVerify(token, key),
  'encrypt dir A256GCM': (jose, key) => seal(jose, key, 'dir', 'A256GCM'),
  'encrypt dir A128CBC-HS256': (jose, key) => seal(jose, key, 'dir', 'A128CBC-HS256'),
  'decrypt': (jose, key) => jose.jwtDecrypt(sealed, key),
};

for (const [where, jose] of Object.entries(joses)) {
  for (const [name, call] of Object.entries(CALLS)) {
    test(`${where}: which keys are for: ${name}`, async () => {
      let refused = 0;
      for (const [kind, key] of Object.entries(KEYS)) {
        const [ours, theirs] = [await outcome(() => call(jose, key)), await outcome(() => call(peer, key))];
        assert.deepEqual(ours, theirs, kind);
        refused += theirs !== 'done';
      }
      assert.ok(refused > 5 && refused < Object.keys(KEYS).length);
    });
  }
}

// Signatures of key pairs are not offered: a key that cannot be right is refused first, as jose does.
const PAIRED = {
  ...KEYS, 'a private JWK': pair.privateKey.export({ format: 'jwk' }), 'nothing': undefined, 'an empty object': {},
};
const OFFERED = {
  'sign ES256': (jose, key) => sign(jose, key, 'ES256'),
  'verify ES256': (jose, key) => jose.jwtVerify(paired, key),
  'encrypt ECDH-ES': (jose, key) => seal(jose, key, 'ECDH-ES', 'A256GCM'),
  'decrypt ECDH-ES': (jose, key) => jose.jwtDecrypt(agreed, key),
};
const paired = await sign(peer, pair.privateKey, 'ES256');
const agreed = await seal(peer, pair.publicKey, 'ECDH-ES', 'A256GCM');

for (const [where, jose] of Object.entries(joses)) {
  for (const [name, call] of Object.entries(OFFERED)) {
    test(`${where}: a key that cannot be right is told before what is not offered: ${name}`, async () => {
      const kinds = { offered: 0, refused: 0 };
      for (const [kind, key] of Object.entries(PAIRED)) {
        const [ours, theirs] = [await outcome(() => call(jose, key)), await outcome(() => call(peer, key))];
        const isKind = /must be of type|must be one of type|must be a (private|public) JWK|Invalid Key/.test(theirs.message);
        kinds[isKind ? 'refused' : 'offered'] += 1;
        if (isKind) assert.deepEqual(ours, theirs, kind);
        else assert.equal(ours.code, 'ERR_JOSE_NOT_SUPPORTED', kind);
      }
      assert.ok(kinds.offered > 0 && kinds.refused > 3, JSON.stringify(kinds));
    });
  }
}
