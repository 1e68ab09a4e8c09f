// Random calls give what jose gives: results, tokens to the byte, errors with class, code, message,
// claim and reason. What may differ is listed in `excused`.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as peer from '../test/peers/node_modules/jose/dist/webapi/index.js';
import { freeze, joses } from './support/codecs.mjs';
import { KEYS, NOW, nextCall } from './support/jose_scripts.mjs';
import { Choices, seed } from './support/choices.mjs';

const CALLS = 4000;

function build(Builder, call) {
  const builder = new Builder(call.claims);
  for (const [setter, value] of call.setters) builder[setter](value);
  return builder;
}

function encrypt(jose, call) {
  const jwt = build(jose.EncryptJWT, call)
    .setProtectedHeader(call.header)
    .setInitializationVector(call.iv);
  if (call.replicate) jwt.replicateIssuerAsHeader().replicateAudienceAsHeader();
  return jwt.encrypt(KEYS[call.key]);
}

function keyOf(call, seen) {
  if (!call.getter) return KEYS[call.key];
  return async (header, token) => {
    seen.push(header, token);
    return KEYS[call.key];
  };
}

async function open(run, call) {
  const seen = [];
  const result = await run(call.token, keyOf(call, seen), call.options);
  return { ...result, seen };
}

const RUN = {
  sign: (jose, call) =>
    build(jose.SignJWT, call).setProtectedHeader(call.header).sign(KEYS[call.key], call.options),
  verify: (jose, call) => open(jose.jwtVerify, call),
  encrypt,
  decrypt: (jose, call) => open(jose.jwtDecrypt, call),
  decodeJwt: (jose, call) => jose.decodeJwt(call.token),
  decodeProtectedHeader: (jose, call) => jose.decodeProtectedHeader(call.token),
  unsecured: (jose, call) => [
    new jose.UnsecuredJWT(call.claims).encode(),
    jose.UnsecuredJWT.decode(call.token, call.options),
  ],
  base64url: (jose, call) => {
    const bytes = jose.base64url.decode(String(call.token).split('.')[0]);
    return [bytes, jose.base64url.encode(bytes)];
  },
};

async function outcomeOf(jose, call) {
  try {
    return { value: await RUN[call.kind](jose, call) };
  } catch (error) {
    const { name, code, message, claim, reason, payload, cause } = error;
    const members = { name, code, message, claim, reason, payload };
    return { ...members, hasCause: cause !== undefined, isError: error instanceof Error };
  }
}

// jose's own `cause` for text that is no base64url or no JSON is the engine's error.
const sameButCause = ({ hasCause, ...rest }) => rest;

// A part of a token that is base64url, but not as an encoder writes it.
function hasLoosePart(token) {
  const parts = typeof token === 'string' ? token.split('.') : [];
  return parts.some((part) => Buffer.from(part, 'base64url').toString('base64url') !== part);
}
const STRICT = [
  'ERR_JWS_SIGNATURE_VERIFICATION_FAILED',
  'ERR_JWS_INVALID',
  'ERR_JWE_DECRYPTION_FAILED',
];

// excused tells which listed difference this is; nothing when it is none. jose went on to the
// claims where a token is refused here for its form.
function excused(call, theirs, ours) {
  if (/^latchkey\/jose has no /.test(ours.message ?? '')) return 'an algorithm that is not offered';
  const wentOn =
    'value' in theirs ||
    String(theirs.code).startsWith('ERR_JWT') ||
    /option (type|input)|time period|zip|compress/.test(theirs.message);
  const opening = call.kind === 'verify' || call.kind === 'decrypt';
  if (opening && wentOn && hasLoosePart(call.token) && STRICT.includes(ours.code)) {
    return 'base64url that is not canonical';
  }
  return undefined;
}

for (const [name, jose] of Object.entries(joses)) {
  test(`${CALLS} random calls are answered as jose answers them, ${name}`, async (t) => {
    freeze(t, NOW);
    const choices = new Choices('jose');
    const tokens = { jws: [], jwe: [], unsecured: [] };
    const seen = {};
    for (let i = 0; i < CALLS; i++) {
      const call = nextCall(choices, tokens);
      const theirs = await outcomeOf(peer, call);
      const ours = await outcomeOf(jose, call);
      const excuse = excused(call, theirs, ours);
      const what = excuse ?? ('value' in theirs ? `${call.kind} works` : `${call.kind} fails`);
      seen[what] = (seen[what] ?? 0) + 1;
      if (!excuse) {
        const where = `LATCHKEY_SEED=${seed}, call ${i}: ${show(call)}`;
        assert.deepEqual(sameButCause(ours), sameButCause(theirs), where);
      }
      if (!('value' in theirs)) continue;
      if (call.kind === 'sign') tokens.jws.push(theirs.value);
      if (call.kind === 'encrypt') tokens.jwe.push({ token: theirs.value, key: call.key });
      if (call.kind === 'unsecured') tokens.unsecured.push(theirs.value[0]);
    }
    for (const kind of ['sign', 'verify', 'encrypt', 'decrypt']) {
      assert.ok(seen[`${kind} works`] > 50 && seen[`${kind} fails`] > 50, JSON.stringify(seen));
    }
    t.diagnostic(JSON.stringify(seen));
  });
}

function show(call) {
  try {
    return JSON.stringify(call, (_, value) => (value === undefined ? 'undefined' : value));
  } catch {
    return call.kind;
  }
}
