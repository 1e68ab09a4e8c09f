// The tokens of tests/vectors/jwt.json, with the outcome of jose 6.2.17, over the native core and
// over WebCrypto.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { freeze, joses, readVectors } from './support/codecs.mjs';

const vectors = readVectors('jwt.json');
const keyOf = (name) => new Uint8Array(Buffer.from(vectors.keys[name], 'base64url'));

// jose reads base64url loosely; here a token has one form.
const STRICTER = new Set(['J117', 'J126', 'J127', 'J128', 'J129', 'J132', 'J133']);

const INPUTS = {
  number: 1763683205,
  Date: new Date(1763683205999),
  Infinity,
  'Invalid Date': new Date(NaN),
  null: null,
  boolean: true,
};

// told shows of an error what the vectors record.
function told(error) {
  const { message, claim, reason } = error;
  const code = typeof error.code === 'string' ? error.code : undefined; // a DOMException has 0
  const shown = { outcome: 'error', class: error.constructor.name, code, message, claim, reason };
  return Object.fromEntries(Object.entries(shown).filter(([, value]) => value !== undefined));
}

// asRecorded is what JSON keeps of an outcome: the vectors went through it.
const asRecorded = (outcome) => JSON.parse(JSON.stringify(outcome));

async function open(jose, item) {
  const options = { ...item.options, currentDate: new Date(item.clock * 1000) };
  const run = item.op === 'verify' ? jose.jwtVerify : jose.jwtDecrypt;
  try {
    return { outcome: 'ok', ...(await run(item.token, keyOf(item.key), options)) };
  } catch (error) {
    return told(error);
  }
}

for (const [name, jose] of Object.entries(joses)) {
  test(`tokens are judged as jose judges them, ${name}`, async () => {
    for (const item of vectors.cases) {
      const outcome = await open(jose, item);
      if (STRICTER.has(item.id)) assert.equal(outcome.outcome, 'error', item.id);
      else assert.deepEqual(asRecorded(outcome), item.expected, `${item.id} ${item.note}`);
    }
  });

  test(`signatures are jose's to the byte, ${name}`, async (t) => {
    for (const item of vectors.signing) {
      freeze(t, item.clock);
      const jwt = new jose.SignJWT(item.claims).setProtectedHeader(item.header);
      if (item.setIssuedAt) jwt.setIssuedAt();
      if (item.setExpirationTime) jwt.setExpirationTime(item.setExpirationTime);
      assert.equal(await jwt.sign(keyOf(item.key)), item.token);
    }
  });

  test(`durations mean what they mean to jose, ${name}`, (t) => {
    freeze(t, 1763683200);
    for (const item of vectors.durations) {
      const input = item.inputKind ? INPUTS[item.inputKind] : item.input;
      const set = () => new jose.UnsecuredJWT().setExpirationTime(input).encode();
      const exp = item.exp ?? 1763683200 + item.secondsFromNow;
      if (item.error) assert.throws(set, (error) => String(error) === item.error);
      else assert.equal(jose.decodeJwt(set()).exp, exp, JSON.stringify(item));
    }
  });
}

test('verifySync judges as jwtVerify does', () => {
  for (const item of vectors.cases.filter(({ op }) => op === 'verify')) {
    const options = { ...item.options, currentDate: new Date(item.clock * 1000) };
    let outcome;
    try {
      const result = joses.native.verifySync(item.token, keyOf(item.key), options);
      outcome = { outcome: 'ok', ...result };
    } catch (error) {
      outcome = told(error);
    }
    if (!STRICTER.has(item.id)) assert.deepEqual(asRecorded(outcome), item.expected, item.id);
  }
});
