// What latchkey writes opens in the real packages, and the other way round. First argument: peer_tool.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { randomBytes } from 'node:crypto';
import { after, test } from 'node:test';
import Iron from '@hapi/iron';
import * as webcrypto2 from 'iron-webcrypto';
import * as webcrypto1 from 'iron-webcrypto-1';
import * as session9 from 'iron-session';
import * as session8 from 'iron-session-8';
import * as jose from 'jose';
import * as core from '@auth/core/jwt';
import nextAuth from 'next-auth/jwt';

const tool = spawn(process.env.LATCHKEY_PEER_TOOL, { stdio: ['pipe', 'pipe', 'inherit'] });
const answers = createInterface({ input: tool.stdout })[Symbol.asyncIterator]();
after(() => tool.stdin.end());

// ours asks latchkey; an answer that is not ok is an exception unless `refused` is expected.
async function ours(op, members) {
  tool.stdin.write(JSON.stringify({ id: 1, op, ...members }) + '\n');
  return JSON.parse((await answers.next()).value);
}
async function oursOk(op, members) {
  const answer = await ours(op, members);
  assert.equal(answer.ok, true, JSON.stringify(answer));
  return answer;
}

const password = 'complex_password_at_least_32_characters_long';
const payloads = [
  {}, { user: { id: 1 } }, [1, [2, { a: null }]], 'text', 0, false,
  { name: 'Zoë Ångström', jp: '日本語', emoji: '👩‍👩‍👧', controls: '\u0000\u001b\r\n\u2028', lone: '\ud83d' },
  { numbers: [0, -1, 0.1, 1e21, 1e-7, Number.MAX_SAFE_INTEGER, 5e-324] },
  { long: 'x'.repeat(3000) },
];
const irons = {
  '@hapi/iron': [(v, p, o) => Iron.seal(v, p, o), (s, p, o) => Iron.unseal(s, p, o), Iron.defaults],
  'iron-webcrypto 1': [
    (v, p, o) => webcrypto1.seal(globalThis.crypto, v, p, o),
    (s, p, o) => webcrypto1.unseal(globalThis.crypto, s, p, o), webcrypto1.defaults],
  'iron-webcrypto 2': [
    (v, p, o) => webcrypto2.seal(v, p, o), (s, p, o) => webcrypto2.unseal(s, p, o), webcrypto2.defaults],
};
const key = randomBytes(32), other = randomBytes(32);
const hex = (bytes) => ({ $hex: Buffer.from(bytes).toString('hex') });
// [what the peer seals with, what it opens with, the same for latchkey]
const passwords = [
  [password, password, password, password],
  [{ id: 'k_1', secret: password }, { k_1: password }, { id: 'k_1', secret: password }, { k_1: password }],
  [{ id: '2', encryption: password, integrity: password + '2' },
    { 2: { encryption: password, integrity: password + '2' } },
    { id: '2', encryption: password, integrity: password + '2' },
    { 2: { encryption: password, integrity: password + '2' } }],
  [key, key, hex(key), hex(key)],
  [{ id: 'b', encryption: key, integrity: other }, { b: { encryption: key, integrity: other } },
    { id: 'b', encryption: hex(key), integrity: hex(other) },
    { b: { encryption: hex(key), integrity: hex(other) } }],
];
const variants = [
  {}, { ttl: 60000 }, { localtimeOffsetMsec: 5000, ttl: 1000 },
  { encryption: { algorithm: 'aes-128-ctr' } }, { encryption: { iterations: 100 }, integrity: { iterations: 3 } },
];
function merged(defaults, variant) {
  return {
    ...defaults, ...variant,
    encryption: { ...defaults.encryption, ...variant.encryption },
    integrity: { ...defaults.integrity, ...variant.integrity },
  };
}

for (const [name, [seal, unseal, defaults]] of Object.entries(irons)) {
  test(`${name}: seals open on both sides`, async () => {
    for (const value of payloads) for (const [theirs, theirMap, mine, myMap] of passwords) {
      const sealed = await seal(value, theirs, defaults);
      assert.deepEqual((await oursOk('unseal', { seal: sealed, password: myMap })).value, value);
      const back = await oursOk('seal', { value, password: mine });
      assert.deepEqual(await unseal(back.seal, theirMap, defaults), value);
    }
  });
  test(`${name}: options mean the same`, async () => {
    for (const variant of variants) {
      const options = merged(defaults, variant);
      const value = { a: 1 };
      const sealed = await seal(value, password, options);
      assert.deepEqual((await oursOk('unseal', { seal: sealed, password, options: variant })).value, value);
      const back = await oursOk('seal', { value, password, options: variant });
      assert.deepEqual(await unseal(back.seal, password, options), value);
    }
  });
}

for (const [name, peer] of [['iron-session 9', session9], ['iron-session 8', session8]]) {
  test(`${name}: cookies open on both sides`, async () => {
    for (const value of payloads) {
      if (value === null || typeof value !== 'object' || Array.isArray(value)) continue;
      const sealed = await peer.sealData(value, { password });
      assert.deepEqual((await oursOk('unseal', { seal: sealed, password })).value, value);
      const back = await oursOk('seal', {
        value, password, layer: 'iron-session', options: { ttl: 1209600000 },
      });
      assert.match(back.seal, /^Fe26\.2\*1\*.*~2$/);
      assert.deepEqual(await peer.unsealData(back.seal, { password }), value);
    }
    const rotated = { 1: password, 2: password + '_second' };
    const sealed = await peer.sealData({ a: 1 }, { password: rotated });
    assert.match(sealed, /^Fe26\.2\*2\*/);
    assert.deepEqual((await oursOk('unseal', { seal: sealed, password: rotated })).value, { a: 1 });
    const refused = await ours('unseal', { seal: sealed, password: { 1: password } });
    assert.equal(refused.error, 'unknown_password');
  });
}

test('jose: signed tokens verify on both sides', async () => {
  for (const [alg, size] of [['HS256', 32], ['HS384', 48], ['HS512', 64]]) {
    const secret = randomBytes(size), key_b64u = secret.toString('base64url');
    const claims = { sub: 'u', nested: { ü: ['日本', 1.5, null] }, exp: Math.floor(Date.now() / 1000) + 60 };
    const theirs = await new jose.SignJWT(claims).setProtectedHeader({ alg }).sign(secret);
    assert.deepEqual((await oursOk('verify', { token: theirs, key_b64u })).payload, claims);
    const mine = (await oursOk('sign', { header: { alg }, payload: claims, key_b64u })).token;
    assert.equal(mine, theirs);
    assert.deepEqual((await jose.jwtVerify(mine, secret)).payload, claims);
  }
});

test('jose: encrypted tokens open on both sides', async () => {
  const encs = [['A128GCM', 16], ['A192GCM', 24], ['A256GCM', 32], ['A128CBC-HS256', 32],
    ['A192CBC-HS384', 48], ['A256CBC-HS512', 64]];
  for (const [enc, size] of encs) for (const length of [0, 1, 15, 16, 17, 1000]) {
    const secret = randomBytes(size), key_b64u = secret.toString('base64url');
    const claims = { sub: 'x'.repeat(length) }, header = { alg: 'dir', enc };
    const theirs = await new jose.EncryptJWT(claims).setProtectedHeader(header).encrypt(secret);
    assert.deepEqual((await oursOk('decrypt', { token: theirs, key_b64u })).payload, claims);
    const mine = (await oursOk('encrypt', { header, payload: claims, key_b64u })).token;
    assert.deepEqual((await jose.jwtDecrypt(mine, secret)).payload, claims);
  }
});

test('jose: compressed tokens are inflated within the same limit', async (t) => {
  if (typeof CompressionStream === 'undefined') return t.skip('no CompressionStream here');
  const secret = randomBytes(32), key_b64u = secret.toString('base64url');
  for (const text of ['', 'abc'.repeat(1000), randomBytes(5000).toString('hex')]) {
    const token = await new jose.EncryptJWT({ text })
      .setProtectedHeader({ alg: 'dir', enc: 'A256GCM', zip: 'DEF' }).encrypt(secret);
    assert.equal((await oursOk('decrypt', { token, key_b64u })).payload.text, text);
  }
  const bomb = await new jose.EncryptJWT({ text: 'x'.repeat(300000) })
    .setProtectedHeader({ alg: 'dir', enc: 'A256GCM', zip: 'DEF' }).encrypt(secret);
  assert.equal((await ours('decrypt', { token: bomb, key_b64u })).code, 'ERR_JWE_INVALID');
  await assert.rejects(jose.jwtDecrypt(bomb, secret), { code: 'ERR_JWE_INVALID' });
});

// Every token is judged by both; code, claim and reason must agree.
test('jose: refusals carry the same code, claim and reason', async () => {
  const secret = randomBytes(32), key_b64u = secret.toString('base64url');
  const now = 1763683200, b64 = (text) => Buffer.from(text).toString('base64url');
  const sign = async (header, payload) => (await oursOk('sign', { header, payload, key_b64u })).token;
  const good = await sign({ alg: 'HS256' }, { exp: now + 10, iat: now - 10, aud: ['a', 'b'], iss: 'i', sub: 's' });
  const [h, p, s] = good.split('.');
  const tokens = [
    good, '', '.', '..', '...', `${h}.${p}`, `${h}.${p}.`, `${h}..${s}`, `.${p}.${s}`, `${h}.${p}.${s}.`,
    `${h}.${p}.${s}x`, `${h}.${p}.${s.slice(1)}`, `${h}.${p}.*`, `${h}.${p}.ä`, `${h}.ä.${s}`, `ä.${p}.${s}`,
    `${b64('{"alg":"HS256","crit":["b64"]}')}.${p}.${s}`, `${b64('{"alg":"HS256","crit":["b64"],"b64":1}')}.${p}.${s}`,
    `${b64('{"alg":"HS256","crit":[7]}')}.${p}.${s}`, `${b64('{"alg":"HS256","crit":["x"],"x":null}')}.${p}.${s}`,
    `${b64('{"alg":""}')}.${p}.${s}`, `${b64('{"alg":"RS256"}')}.${p}.${s}`, `${b64('{"alg":"ES256"}')}.${p}.`,
    `${b64('{"alg":"NONE"}')}.${p}.`, `${b64('{"alg":"dir"}')}.${p}.${s}`, `${b64('[]')}.${p}.${s}`,
    await sign({ alg: 'HS256' }, { exp: 'x' }), await sign({ alg: 'HS256' }, { nbf: now + 61 }),
    await sign({ alg: 'HS256' }, { iat: true }), await sign({ alg: 'HS256' }, { exp: now, nbf: now + 9, iat: 'x' }),
    await sign({ alg: 'HS256', typ: 'JWT' }, { iat: now - 100 }), await sign({ alg: 'HS256' }, { aud: 7, iss: 7 }),
    await sign({ alg: 'HS256', crit: ['x'], x: 1 }, { exp: now + 5 }), await sign({ alg: 'HS256' }, { iat: now + 5 }),
  ];
  const optionSets = [
    {}, { issuer: 'i' }, { issuer: ['x', 'i'], audience: 'b' }, { audience: ['x'] }, { subject: 's' }, { subject: 'z' },
    { requiredClaims: ['jti', 'sub'] }, { maxTokenAge: '5s' }, { maxTokenAge: 20, clockTolerance: '1 minute' },
    { clockTolerance: 61 }, { algorithms: ['HS512'] }, { algorithms: ['HS256', 'none'] }, { typ: 'jwt' },
    { crit: { x: true } }, { clockTolerance: -1 }, { maxTokenAge: 'soon' }, { clockTolerance: 'soon' },
  ];
  for (const token of tokens) for (const options of optionSets) {
    let expected;
    try {
      const { payload } = await jose.jwtVerify(token, secret, { ...options, currentDate: new Date(now * 1000) });
      expected = { ok: true, payload };
    } catch (error) {
      expected = { ok: false, code: error.code ?? null, claim: error.claim, reason: error.reason };
    }
    const { ok, code, claim, reason, payload } = await ours('verify', { token, key_b64u, options, now });
    assert.deepEqual(ok ? { ok, payload } : { ok, code, claim, reason }, expected, `${token} ${JSON.stringify(options)}`);
  }
});

test('jose: refused encrypted tokens carry the same code', async () => {
  const secret = randomBytes(32), key_b64u = secret.toString('base64url');
  const b64 = (text) => Buffer.from(text).toString('base64url');
  const good = await new jose.EncryptJWT({ iss: 'a' }).setProtectedHeader({ alg: 'dir', enc: 'A256GCM' }).encrypt(secret);
  const [h, , iv, ct, tag] = good.split('.');
  const head = (header) => `${b64(JSON.stringify(header))}..${iv}.${ct}.${tag}`;
  const tokens = [
    good, '', '....', `${h}..${iv}.${ct}`, `${h}.AAAA.${iv}.${ct}.${tag}`, `${h}...${ct}.${tag}`, `${h}..${iv}..${tag}`,
    `${h}..${iv}.${ct}.`, `${h}..*.${ct}.${tag}`, `${h}..${iv}.*.${tag}`, `${h}..${iv}.${ct}.*`, `${h}.*.${iv}.${ct}.${tag}`,
    `${h}..${iv.slice(4)}.${ct}.${tag}`, `${h}..${iv}.${ct}.${tag.slice(4)}`, head({ enc: 'A256GCM' }), head({ alg: 'dir' }),
    head({ alg: 'dir', enc: 'x' }), head({ alg: 'x', enc: 'A256GCM' }), head({ alg: 'dir', enc: 'A128GCM' }),
    head({ alg: 'dir', enc: 'A256GCM', zip: 'x' }), head({ alg: 'dir', enc: 'A256GCM', crit: ['x'], x: 1 }),
    head({ alg: 'PBES2-HS256+A128KW', enc: 'A256GCM' }), head({ alg: 'A256KW', enc: 'A256GCM' }),
    head({ alg: 'dir', enc: 'A256CBC-HS512' }), head({ alg: 'RSA-OAEP', enc: 'A256GCM' }), head({ alg: 'RSA1_5', enc: 'A256GCM' }),
  ];
  const optionSets = [{}, { keyManagementAlgorithms: ['dir'] }, { keyManagementAlgorithms: ['A256KW'] },
    { contentEncryptionAlgorithms: ['A128GCM'] }, { issuer: 'b' }];
  for (const token of tokens) for (const options of optionSets) {
    const expected = await jose.jwtDecrypt(token, secret, options).then(() => 'ok', (error) => error.code ?? null);
    const answer = await ours('decrypt', { token, key_b64u, options });
    assert.equal(answer.ok ? 'ok' : answer.code, expected, `${token} ${JSON.stringify(options)} ${JSON.stringify(answer)}`);
  }
});

test('Auth.js: cookies of version 4 and 5 open on both sides', async () => {
  const secret = 'auth-secret-with-enough-entropy-for-a-test', payload = { sub: '42', name: 'Zoë', picture: null };
  const salts = ['authjs.session-token', '__Secure-authjs.session-token'];
  for (const salt of salts) {
    const theirs = await core.encode({ token: payload, secret, salt });
    const mine = (await oursOk('authjs_encode', { payload, secret, salt, version: 5 })).token;
    const read = await oursOk('authjs_decode', { token: theirs, secret, salt, version: 5 });
    assert.equal(read.payload.name, 'Zoë');
    assert.equal((await core.decode({ token: mine, secret, salt })).name, 'Zoë');
  }
  for (const salt of ['', 'next-auth.state']) {
    const theirs = await nextAuth.encode({ token: payload, secret, salt });
    const mine = (await oursOk('authjs_encode', { payload, secret, salt, version: 4 })).token;
    assert.equal((await oursOk('authjs_decode', { token: theirs, secret, salt, version: 4 })).payload.sub, '42');
    assert.equal((await nextAuth.decode({ token: mine, secret, salt })).sub, '42');
  }
});
