// latchkey/iron-session and latchkey/jose beside the packages they stand in for.
import { sealData, unsealData } from 'latchkey/iron-session';
import { SignJWT, jwtVerify } from 'latchkey/jose';
import { check, importPeer } from './harness.mjs';

const options = { password: 'complex_password_at_least_32_characters_long' };

// An object whose JSON has 512 bytes.
function payload() {
  const data = { userId: 'u_0123456789abcdef', data: '' };
  data.data = 'x'.repeat(512 - JSON.stringify(data).length);
  return data;
}

// Version 9 wants a newer Node than we do.
export async function ironSession() {
  const [major, minor] = process.versions.node.split('.').map(Number);
  const newest = major > 22 || (major === 22 && minor >= 13);
  const real = await importPeer(newest ? 'iron-session' : 'iron-session-8');
  return [real, `iron-session ${newest ? '9.0.1' : '8.0.4'}, Node ${process.versions.node}`];
}

async function unseal(compare) {
  const [real, peer] = await ironSession();
  const data = payload();
  const seals = await Promise.all(Array.from({ length: 64 }, () => real.sealData(data, options)));
  for (const open of [unsealData, real.unsealData]) {
    check(JSON.stringify(await open(seals[7], options)) === JSON.stringify(data), 'it opens');
  }
  return compare({
    budget: 25,
    peer,
    ours: (i) => unsealData(seals[i % seals.length], options),
    theirs: (i) => real.unsealData(seals[i % seals.length], options),
  });
}

async function seal(compare) {
  const [real, peer] = await ironSession();
  const data = payload();
  const sealed = await sealData(data, options);
  check(JSON.stringify(await real.unsealData(sealed, options)) === JSON.stringify(data), 'opens');
  return compare({
    budget: 25,
    peer,
    ours: () => sealData(data, options),
    theirs: () => real.sealData(data, options),
  });
}

async function jwt() {
  const real = await importPeer('jose');
  const key = new TextEncoder().encode('0123456789abcdef0123456789abcdef');
  const tokens = [];
  for (let i = 0; i < 64; i++) {
    const claims = new real.SignJWT({ userId: `u_${1e15 + i}` }).setIssuedAt();
    const token = claims.setProtectedHeader({ alg: 'HS256' }).setExpirationTime('7d');
    tokens.push(await token.sign(key));
  }
  return { real, key, tokens, peer: `jose 6.2.17, Node ${process.versions.node}` };
}

async function verify(compare) {
  const { real, key, tokens, peer } = await jwt();
  const only = { algorithms: ['HS256'] };
  for (const run of [jwtVerify, real.jwtVerify]) {
    check((await run(tokens[7], key, only)).payload.userId === `u_${1e15 + 7}`, 'it verifies');
  }
  return compare({
    budget: 10,
    peer,
    ours: (i) => jwtVerify(tokens[i % tokens.length], key, only),
    theirs: (i) => real.jwtVerify(tokens[i % tokens.length], key, only),
  });
}

async function sign(compare) {
  const { real, key, peer } = await jwt();
  const make = (Class) => () =>
    new Class({ userId: 'u_0123456789abcdef' })
      .setProtectedHeader({ alg: 'HS256' })
      .setIssuedAt(1763683200)
      .setExpirationTime(1764288000)
      .sign(key);
  check((await make(SignJWT)()) === (await make(real.SignJWT)()), 'the tokens are equal');
  return compare({ budget: 10, peer, ours: make(SignJWT), theirs: make(real.SignJWT) });
}

export const benchmarks = [
  { name: 'addon_unseal_512', what: 'unsealData of 512 bytes of JSON', run: unseal },
  { name: 'addon_seal_512', what: 'sealData of 512 bytes of JSON', run: seal },
  { name: 'addon_jwt_verify', what: 'jwtVerify, HS256, a session of three claims', run: verify },
  { name: 'addon_jwt_sign', what: 'SignJWT, HS256, a session of three claims', run: sign },
];
