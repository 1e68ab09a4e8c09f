// Arguments of a wrong kind are refused as jose refuses them, whichever function gets them (P-D2).
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { inspect } from 'node:util';
import * as peer from '../test/peers/node_modules/jose/dist/webapi/index.js';
import { freeze, joses } from './support/codecs.mjs';

const NOW = 1763683200;
const key = new TextEncoder().encode('0123456789abcdef0123456789abcdef');
class Own {}
const JUNK = [
  ...[undefined, null, false, true, 0, 1, -1, NaN, Infinity, '', 'x', 1n, Symbol('s'), () => 1],
  ...[[], ['x'], [null], {}, { alg: 'x' }, Object.create(null), new Own(), new Date(0), new Map()],
  ...[new Uint8Array(), new Uint8Array(3), new String('x'), new Number(1)],
];

const SIGNED = { alg: 'HS256' };
const SEALED = { alg: 'dir', enc: 'A256GCM' };
const JWK = { kty: 'oct', k: Buffer.from(key).toString('base64url') };
const token = await new peer.SignJWT({ a: 1 }).setProtectedHeader(SIGNED).sign(key);
const sealed = await new peer.EncryptJWT({ a: 1 }).setProtectedHeader(SEALED).encrypt(key);
const unsecured = new peer.UnsecuredJWT({ a: 1 }).encode();

// What makes a token of a builder; an encrypted one is told by its length, as it is random.
const FINISH = {
  SignJWT: (builder, header = SIGNED) => builder.setProtectedHeader(header).sign(key),
  EncryptJWT: async (builder, header = SEALED) =>
    (await builder.setProtectedHeader(header).encrypt(key)).length,
  UnsecuredJWT: (builder) => builder.encode(),
};
const TIMES = ['setNotBefore', 'setExpirationTime', 'setIssuedAt'];
const SETTERS = ['setIssuer', 'setSubject', 'setAudience', 'setJti', ...TIMES];
const SEALING = [
  'setKeyManagementParameters',
  'setContentEncryptionKey',
  'setInitializationVector',
  'replicateIssuerAsHeader',
  'replicateSubjectAsHeader',
  'replicateAudienceAsHeader',
];
const OPTIONS = [
  ...['algorithms', 'crit', 'audience', 'issuer', 'subject', 'typ', 'clockTolerance'],
  ...['maxTokenAge', 'currentDate', 'requiredClaims', 'keyManagementAlgorithms'],
  ...['contentEncryptionAlgorithms', 'maxPBES2Count', 'maxDecompressedLength'],
];
const HEADERS = ['alg', 'enc', 'typ', 'kid', 'cty', 'crit', 'b64', 'jwk', 'zip', 'x5c'];

const CALLS = new Map();
const call = (name, run) => CALLS.set(name, run);

for (const [name, finish] of Object.entries(FINISH)) {
  call(`new ${name}`, (jose, x) => finish(new jose[name](x)));
  call(`${name} with a claim`, (jose, x) => finish(new jose[name]({ a: x })));
  for (const claim of ['iss', 'sub', 'aud', 'jti', 'nbf', 'exp', 'iat']) {
    call(`${name} with ${claim}`, (jose, x) => finish(new jose[name]({ [claim]: x })));
  }
  for (const setter of SETTERS) {
    call(`${name}.${setter}`, (jose, x) => finish(new jose[name]({})[setter](x)));
  }
  if (name === 'UnsecuredJWT') continue;
  call(`${name}.setProtectedHeader`, (jose, x) => finish(new jose[name]({}), x));
  call(`${name}.setProtectedHeader again`, (jose, x) =>
    finish(new jose[name]({}).setProtectedHeader(x)),
  );
  for (const member of HEADERS) {
    const usual = name === 'SignJWT' ? SIGNED : SEALED;
    call(`${name} with the header ${member}`, (jose, x) =>
      finish(new jose[name]({}), { ...usual, [member]: x }),
    );
  }
}
for (const setter of SEALING) {
  const make = (jose) => new jose.EncryptJWT({ iss: 'a' });
  const { EncryptJWT: finish } = FINISH;
  call(`EncryptJWT.${setter}`, (jose, x) => finish(make(jose)[setter](x)));
  call(`EncryptJWT.${setter} again`, (jose, x) => finish(make(jose)[setter](x)[setter](x)));
  call(`EncryptJWT.${setter} without a header`, (jose, x) => make(jose)[setter](x).encrypt(key));
  // Of two that are wrong the same one is told.
  for (const other of SEALING.slice(0, 3)) {
    if (other === setter) continue;
    call(`EncryptJWT.${setter} and ${other}`, (jose, x) => finish(make(jose)[setter](x)[other](1)));
  }
}
const critical = { ...SIGNED, crit: ['y'], y: 1 };
const sign = (jose, header, ...given) =>
  new jose.SignJWT({}).setProtectedHeader(header).sign(...given);
const encrypt = async (jose, ...given) =>
  (await new jose.EncryptJWT({}).setProtectedHeader(SEALED).encrypt(...given)).length;
call('sign: key', (jose, x) => sign(jose, SIGNED, x));
call('sign: options', (jose, x) => sign(jose, SIGNED, key, x));
call('sign: crit', (jose, x) => sign(jose, critical, key, { crit: x }));
call('sign: crit of a name', (jose, x) => sign(jose, critical, key, { crit: { y: x } }));
call('sign without a header', (jose, x) => new jose.SignJWT({}).sign(x));
call('encrypt: key', (jose, x) => encrypt(jose, x));
call('encrypt: options', (jose, x) => encrypt(jose, key, x));
call('jwtVerify: token', (jose, x) => jose.jwtVerify(x, key));
call('jwtVerify: key', (jose, x) => jose.jwtVerify(token, x));
call('jwtVerify: what a getter returns', (jose, x) => jose.jwtVerify(token, () => x));
call('jwtVerify: options', (jose, x) => jose.jwtVerify(token, key, x));
call('jwtDecrypt: token', (jose, x) => jose.jwtDecrypt(x, key));
call('jwtDecrypt: key', (jose, x) => jose.jwtDecrypt(sealed, x));
call('jwtDecrypt: what a getter returns', (jose, x) => jose.jwtDecrypt(sealed, () => x));
call('jwtDecrypt: options', (jose, x) => jose.jwtDecrypt(sealed, key, x));
call('UnsecuredJWT.decode', (jose, x) => jose.UnsecuredJWT.decode(x));
call('UnsecuredJWT.decode: options', (jose, x) => jose.UnsecuredJWT.decode(unsecured, x));
for (const option of OPTIONS) {
  call(`jwtVerify: ${option}`, (jose, x) => jose.jwtVerify(token, key, { [option]: x }));
  call(`jwtDecrypt: ${option}`, (jose, x) => jose.jwtDecrypt(sealed, key, { [option]: x }));
  call(`decode: ${option}`, (jose, x) => jose.UnsecuredJWT.decode(unsecured, { [option]: x }));
}
for (const member of ['kty', 'k', 'alg', 'use', 'key_ops', 'ext', 'kid']) {
  call(`a JWK's ${member}`, (jose, x) => jose.jwtVerify(token, { ...JWK, [member]: x }));
}
call('decodeJwt', (jose, x) => jose.decodeJwt(x));
call('decodeProtectedHeader', (jose, x) => jose.decodeProtectedHeader(x));
call('decodeProtectedHeader: protected', (jose, x) => jose.decodeProtectedHeader({ protected: x }));
call('base64url.encode', (jose, x) => jose.base64url.encode(x));
call('base64url.decode', (jose, x) => jose.base64url.decode(x));
for (const name of Object.keys(peer.errors)) {
  call(`errors.${name}`, (jose, x) => {
    const error = new jose.errors[name](x, x, x, x);
    const own = Object.getOwnPropertyNames(error).sort();
    return [{ ...error }, error.message, own, jose.errors[name].code, Symbol.asyncIterator in error];
  });
}

// The engine's own words name a variable or what it could not read.
const ENGINE = /^(?:\w+\.)?\w+ is not (?:a function|iterable)|^Cannot (?:read|destructure) propert/;

async function outcomeOf(run, jose, x) {
  try {
    return inspect(await run(jose, x), { depth: 5 });
  } catch (error) {
    if (!(error instanceof Error)) return `throws ${inspect(error)}`;
    const { name, code, message } = error;
    return `${name} ${code}: ${ENGINE.test(message) ? 'engine' : message}`;
  }
}

for (const [name, jose] of Object.entries(joses)) {
  test(`what is of a wrong kind is refused as jose refuses it, ${name}`, async (t) => {
    freeze(t, NOW);
    let refused = 0;
    for (const [what, run] of CALLS) {
      for (const x of JUNK) {
        const [theirs, ours] = [await outcomeOf(run, peer, x), await outcomeOf(run, jose, x)];
        if (/latchkey\/jose has no /.test(ours)) continue;
        assert.equal(ours, theirs, `${what} <- ${inspect(x)}`);
        refused += /^\w*(?:Error|Invalid|NotSupported|NotAllowed) /.test(ours) ? 1 : 0;
      }
    }
    assert.ok(refused > 2000, String(refused));
  });
}
