// Random visitors get from latchkey/iron-session what they get from iron-session 9 and 8: sessions,
// Set-Cookie lines, errors, reasons. Cookies are handed over between the two all the time. Where a
// response is written to more than once, iron-session leaves what was written first (N7):
// iron_session_writes.test.mjs says what is right.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as peer8 from '../test/peers/node_modules/iron-session-8/dist/index.js';
import * as peer9 from '../test/peers/node_modules/iron-session/dist/index.js';
import { Choices, seed } from './support/choices.mjs';
import { freeze, irons } from './support/codecs.mjs';
import { NOW, requestOf, sealCallOf, usualOptions } from './support/iron_scripts.mjs';
import { Visitor } from './support/visitor.mjs';

const VISITORS = 120;
const REQUESTS = 12;
const SEALS = 600;
const PEERS = { 8: peer8, 9: peer9 };

// Version 8 shows through the text of errors which engine did its base64 and its ciphers; those
// texts are no contract, but that it throws is.
const ENGINE_WORDS = [
  /^TypeError: Invalid character .* in base64 string\.$/,
  /^OperationError: .*/,
  /^TypeError: (Failed to execute 'encrypt' on 'SubtleCrypto'|iron-session: there is no JSON)/,
  /^Error: (Invalid character in base64url|The operation failed for an operation-specific reason)$/,
];
function normal(step) {
  if (typeof step !== 'string') return step;
  return ENGINE_WORDS.some((words) => words.test(step)) ? 'the engine refused' : step;
}

// What iron-session refuses to seal, but finds no name for: it names what comes after, or nothing.
const NAMED = / \(session[^()]* is (an object with [a-z ]*|undefined|part of itself)\)/;
function settle(ours, theirs) {
  const bare = (step) => step.replace(/ \(session[^()]*\)/, '');
  return typeof ours === 'string' && typeof theirs === 'string' && NAMED.test(ours)
    ? [bare(ours), bare(theirs)]
    : [ours, theirs];
}

for (const [name, iron] of Object.entries(irons)) {
  for (const version of [9, 8]) {
    const peer = PEERS[version];

    test(`random visitors see what they see with iron-session ${version}, ${name}`, async (t) => {
      const choices = new Choices(`visitors ${version}`);
      const counts = { saved: 0, refused: 0, read: 0, several: 0 };
      for (let i = 0; i < VISITORS; i++) {
        const theirs = new Visitor(peer, undefined);
        const ours = new Visitor(iron, version);
        const usual = usualOptions(choices);
        let clock = NOW;
        for (let n = 0; n < REQUESTS; n++) {
          const request = requestOf(choices, version, usual);
          freeze(t, (clock += request.later));
          const expected = await theirs.visit(request);
          const got = await ours.visit(request);
          const where = `LATCHKEY_SEED=${seed}, visitor ${i}, request ${n}, ${request.source}`;
          got.steps.forEach((step, at) => {
            [got.steps[at], expected.steps[at]] = settle(step, expected.steps[at]).map(normal);
          });
          // Version 8 reports nothing.
          if (version === 8) expected.told = got.told;
          count(counts, expected);
          if (hasSeveralWrites(request, expected)) {
            assertLastCounts(got, expected, where);
            theirs.cookies = new Map(ours.cookies);
            counts.several++;
          } else {
            assert.deepEqual(got, expected, where);
          }
          if (choices.chance(3)) [theirs.cookies, ours.cookies] = [ours.cookies, theirs.cookies];
        }
      }
      t.diagnostic(JSON.stringify(counts));
      assert.ok(
        Object.values(counts).every((n) => n > 40),
        JSON.stringify(counts),
      );
    });

    test(`sealData and unsealData do what they do in ${version}, ${name}`, async (t) => {
      const choices = new Choices(`seals ${version}`);
      for (let i = 0; i < SEALS; i++) {
        const call = sealCallOf(choices);
        const where = `LATCHKEY_SEED=${seed}, seal ${i}`;
        freeze(t, NOW);
        if (call.seal.password === undefined || call.unseal.password === undefined) {
          await refusesWithoutPassword(iron, call, version);
          continue;
        }
        const theirs = await attempt(() => peer.sealData(call.data, call.seal));
        const ours = await attempt(() => iron.sealData(call.data, { ...call.seal, version }));
        if (ours.error) [ours.error, theirs.error] = settle(ours.error, theirs.error);
        assert.deepEqual(withoutSeal(ours), withoutSeal(theirs), where);
        if (!theirs.value) continue;
        freeze(t, NOW + call.later);
        const options = { ...call.unseal, version };
        const expected = await attempt(() => peer.unsealData(ours.value, call.unseal));
        assert.deepEqual(
          await attempt(() => iron.unsealData(theirs.value, options)),
          expected,
          where,
        );
        assert.deepEqual(
          await attempt(() => iron.unsealData(ours.value, options)),
          expected,
          where,
        );
      }
    });
  }
}

// iron-session says "Cannot convert undefined or null to object", or takes the seal for a bad one.
async function refusesWithoutPassword(iron, { data, seal, unseal }, version) {
  const options = { ...seal, ...unseal, password: undefined, version };
  await assert.rejects(iron.sealData(data, options), /Bad usage\. Missing password/);
  await assert.rejects(iron.unsealData('Fe26.2*', options), /Bad usage\. Missing password/);
}

async function attempt(run) {
  try {
    return { value: await run() };
  } catch (error) {
    return { error: normal(`${error.name}: ${error.message}`) };
  }
}

// A seal is random; its length and its expiration are not.
function withoutSeal({ value, error }) {
  return error ? { error } : { length: value.length, expires: value.split('*')[5] };
}

function hasSeveralWrites({ actions }, { steps }) {
  const isWrite = ({ save, destroy }, i) => (save || destroy) && steps[i + 2] === 'done';
  return actions.filter(isWrite).length > 1;
}

// A cookie is what iron-session gave it last, unless it was written before the last write and is
// deleted therefore.
function assertLastCounts(got, expected, where) {
  const lastOf = ({ lines }) => new Map(lines.map((line) => [line.name, line]));
  assert.deepEqual({ ...got, lines: [] }, { ...expected, lines: [] }, where);
  const [ours, theirs] = [lastOf(got), lastOf(expected)];
  assert.deepEqual([...ours.keys()].sort(), [...theirs.keys()].sort(), where);
  for (const [name, line] of ours) {
    if (line.value !== '') assert.deepEqual(line, theirs.get(name), where);
  }
}

function count(counts, { steps, lines }) {
  if (lines.some(({ value }) => value.endsWith('characters'))) counts.saved++;
  if (typeof steps[0] === 'string' && steps[0] !== 'done') counts.refused++;
  if (steps[1] && Object.keys(steps[1]).length > 0) counts.read++;
}
