// Runs the second reader over vectors.json and over fresh seals, which the program named by
// LATCHKEY_NATIVE_SEAL_WRITER prints in the same form.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { seal, unpackSession, unseal } from './reader.mjs';

const hex = (value) => Buffer.from(value, 'hex');
const keysOf = (vector) => ({ [vector.key_id]: hex(vector.secret_hex) });

function check(vector) {
  const opened = unseal(vector.seal, keysOf(vector), vector.cookie_name, vector.purpose);
  if (!vector.opens) return assert.equal(opened, null, vector.note);
  assert.equal(opened?.toString('hex'), vector.content_hex, vector.note);
  if (vector.session) assert.deepEqual(unpackSession(opened), vector.session, vector.note);
  const again = seal({
    id: vector.key_id, secret: hex(vector.secret_hex), name: vector.cookie_name, purpose: vector.purpose,
    salt: hex(vector.salt_hex), content: opened,
  });
  assert.equal(again, vector.seal, vector.note);
}

test('the vectors hold', () => {
  const vectors = JSON.parse(readFileSync(new URL('vectors.json', import.meta.url)));
  assert.ok(vectors.length >= 8);
  for (const vector of vectors) check(vector);
});

test('fresh seals open', () => {
  const fresh = JSON.parse(execFileSync(process.env.LATCHKEY_NATIVE_SEAL_WRITER));
  assert.ok(fresh.length >= 8);
  for (const vector of fresh) check(vector);
});
