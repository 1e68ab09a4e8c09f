// Claims that are not what was asked for: the same refusal as jose's, with the claim and the reason.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as peer from '../test/peers/node_modules/jose/dist/webapi/index.js';
import { freeze, joses } from './support/codecs.mjs';

const NOW = 1763683200;
const key = new TextEncoder().encode('0123456789abcdef0123456789abcdef');
const CLAIMS = [
  {}, { iss: 'a', sub: 's', aud: 'x', jti: '1' }, { iss: 'b', sub: 't', aud: ['x', 'y'] }, { aud: [] }, { aud: 5 },
  { iat: NOW, nbf: NOW, exp: NOW }, { iat: NOW - 60, nbf: NOW - 60, exp: NOW + 60 }, { iat: NOW + 1, nbf: NOW + 1, exp: NOW + 1 },
  { iat: NOW - 61, exp: NOW - 5 }, { nbf: NOW + 5 }, { iat: NOW - 59 }, { exp: 'soon' }, { nbf: null }, { iat: 'now' },
];
const OPTIONS = [
  {}, { issuer: 'a' }, { issuer: ['a', 'b'] }, { subject: 's' }, { audience: 'x' }, { audience: ['z', 'y'] }, { audience: 'z' },
  { issuer: 'a', subject: 't', audience: 'z' }, { requiredClaims: ['jti', 'iat'] }, { requiredClaims: ['exp'], issuer: 'a', maxTokenAge: 60 },
  { maxTokenAge: 60 }, { maxTokenAge: '1m', clockTolerance: 1 }, { clockTolerance: 5 }, { clockTolerance: '5 s' }, { clockTolerance: -1 },
  { currentDate: new Date((NOW + 60) * 1000) }, { currentDate: new Date((NOW - 60) * 1000), maxTokenAge: '1 day' },
];
const outcome = async (call) => {
  try {
    const { payload, protectedHeader } = await call();
    return { payload, protectedHeader };
  } catch ({ name, code, message, claim, reason, payload }) {
    return { name, code, message, claim, reason, payload };
  }
};

for (const [where, jose] of Object.entries(joses)) {
  test(`${where}: claims are judged as jose judges them`, async (t) => {
    freeze(t, NOW);
    let refused = 0;
    for (const claims of CLAIMS) {
      const token = await new peer.SignJWT(claims).setProtectedHeader({ alg: 'HS256' }).sign(key);
      for (const options of OPTIONS) {
        const theirs = await outcome(() => peer.jwtVerify(token, key, options));
        assert.deepEqual(await outcome(() => jose.jwtVerify(token, key, options)), theirs, JSON.stringify([claims, options]));
        refused += 'code' in theirs;
      }
    }
    const all = CLAIMS.length * OPTIONS.length;
    assert.ok(refused > all / 3 && refused < all * 0.9, `${refused} of ${all}`);
  });
}
