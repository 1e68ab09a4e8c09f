// What latchkey/jose adds to jose, and how it says what it does not do.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as peer from '../test/peers/node_modules/jose/dist/webapi/index.js';
import { joses } from './support/codecs.mjs';

const key = new TextEncoder().encode('0123456789abcdef0123456789abcdef');

test('verifySync and signSync need no promise', () => {
  const { SignJWT, verifySync } = joses.native;
  const jwt = new SignJWT({ userId: 'u1' }).setProtectedHeader({ alg: 'HS256' });
  const token = jwt.setExpirationTime('1h').signSync(key);
  assert.equal(verifySync(token, key, { algorithms: ['HS256'] }).payload.userId, 'u1');
  assert.throws(() => verifySync(token, key, { algorithms: ['HS512'] }), {
    code: 'ERR_JOSE_ALG_NOT_ALLOWED',
  });
  assert.throws(() => verifySync(token, new Uint8Array(32)), {
    code: 'ERR_JWS_SIGNATURE_VERIFICATION_FAILED',
  });
});

test('a header that was seen before is judged anew each time', () => {
  const { SignJWT, verifySync, errors } = joses.native;
  const sign = (claims, header) => new SignJWT(claims).setProtectedHeader(header).signSync(key);
  const header = { alg: 'HS256', kid: 'k1', typ: 'JWT' };
  const token = sign({ userId: 'u1' }, header);
  const first = verifySync(token, key);
  first.protectedHeader.kid = 'changed by the caller';
  verifySync(token, key).protectedHeader.kid = 'changed by the next';
  assert.deepEqual(verifySync(token, key).protectedHeader, header);
  assert.throws(() => verifySync(token, key, { typ: 'x' }), errors.JWTClaimValidationFailed);
  assert.throws(() => verifySync(token, key, { algorithms: [] }), errors.JOSEAlgNotAllowed);
  assert.throws(() => verifySync(sign({ exp: 5 }, header), key), errors.JWTExpired);
  assert.throws(() => verifySync(`${token}A`, key), errors.JWSSignatureVerificationFailed);
  assert.throws(() => verifySync(token, 'text'), TypeError);
});

test('a key whose bytes change is another key', () => {
  const { SignJWT, verifySync } = joses.native;
  const mine = new Uint8Array(key);
  const token = new SignJWT({}).setProtectedHeader({ alg: 'HS256' }).signSync(mine);
  verifySync(token, mine);
  mine[0] ^= 1;
  assert.throws(() => verifySync(token, mine), { code: 'ERR_JWS_SIGNATURE_VERIFICATION_FAILED' });
});

test('on the edge verifySync says that it needs Node', () => {
  const { SignJWT, verifySync } = joses.WebCrypto;
  assert.throws(() => verifySync('a.b.c', key), { code: 'ERR_LATCHKEY_NEEDS_NODE' });
  assert.throws(() => new SignJWT({}).signSync(key), { code: 'ERR_LATCHKEY_NEEDS_NODE' });
});

for (const [name, jose] of Object.entries(joses)) {
  test(`everything jose exports can be imported, ${name}`, () => {
    const missing = Object.keys(peer).filter((one) => !(one in jose));
    assert.deepEqual(
      missing,
      ['customFetch', 'jwksCache'],
      'but for two symbols of createRemoteJWKSet',
    );
    assert.deepEqual(Object.keys(jose.errors).sort(), Object.keys(peer.errors).sort());
  });

  test(`what is not offered is refused with jose's own class and a sentence, ${name}`, async () => {
    const refusal = (error) =>
      error instanceof jose.errors.JOSENotSupported &&
      error.code === 'ERR_JOSE_NOT_SUPPORTED' &&
      /^latchkey\/jose has no /.test(error.message);
    await assert.rejects(jose.importSPKI('x', 'RS256'), refusal);
    assert.throws(() => new jose.CompactSign(key), refusal);
    assert.throws(() => jose.createRemoteJWKSet(new URL('https://app.example/')), refusal);
    const { publicKey, privateKey } = await peer.generateKeyPair('ES256');
    const jwt = new peer.SignJWT({}).setProtectedHeader({ alg: 'ES256' });
    await assert.rejects(jose.jwtVerify(await jwt.sign(privateKey), publicKey), refusal);
    const wrapped = await new peer.EncryptJWT({})
      .setProtectedHeader({ alg: 'A256KW', enc: 'A256GCM' })
      .encrypt(key);
    await assert.rejects(jose.jwtDecrypt(wrapped, key), refusal);
  });

  test(`an encrypted token has one spelling, ${name}`, async () => {
    const token = await new jose.EncryptJWT({ userId: 'u1' })
      .setProtectedHeader({ alg: 'dir', enc: 'A256GCM' })
      .encrypt(key);
    const [head, , iv, ciphertext, tag] = token.split('.');
    const spelled = (...parts) => jose.jwtDecrypt(parts.join('.'), key);
    assert.equal((await spelled(head, '', iv, ciphertext, tag)).payload.userId, 'u1');
    for (const part of [
      [head, '', `${iv} `, ciphertext, tag],
      [head, '', iv, `${ciphertext}\n`, tag],
      [head, '', iv, ciphertext, `${tag}==`],
    ]) {
      await assert.rejects(spelled(...part), { code: 'ERR_JWE_DECRYPTION_FAILED' });
    }
  });

  test(`compressed tokens are read within a limit, ${name}`, async () => {
    const zipped = await new peer.EncryptJWT({ data: 'x'.repeat(300_000) })
      .setProtectedHeader({ alg: 'dir', enc: 'A256GCM', zip: 'DEF' })
      .encrypt(key);
    await assert.rejects(jose.jwtDecrypt(zipped, key), { code: 'ERR_JWE_INVALID' });
    const { payload } = await jose.jwtDecrypt(zipped, key, { maxDecompressedLength: 400_000 });
    assert.equal(payload.data.length, 300_000);
  });
}
