// Both entries of each drop-in: over the native core, and over WebCrypto as edge runtimes load it.
import { readFileSync } from 'node:fs';
import * as nodeIron from 'latchkey/iron-session';
import * as nodeJose from 'latchkey/jose';
import * as edgeIron from '../../dist/edge/iron-session.mjs';
import * as edgeJose from '../../dist/edge/jose.mjs';

export const irons = { native: nodeIron, WebCrypto: edgeIron };
export const joses = { native: nodeJose, WebCrypto: edgeJose };

export function readVectors(name) {
  return JSON.parse(readFileSync(new URL(`../../../tests/vectors/${name}`, import.meta.url)));
}

// revive turns the vectors' forms of values that JSON has not into the values.
export function revive(value) {
  if (Array.isArray(value)) return value.map(revive);
  if (typeof value !== 'object' || value === null) return value;
  if ('$dateMs' in value) return new Date(value.$dateMs);
  if ('$bigint' in value) return BigInt(value.$bigint);
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, revive(member)]));
}

// freeze stops Date at `seconds` for the rest of a test.
export function freeze(t, seconds) {
  t.mock.timers.reset();
  t.mock.timers.enable({ apis: ['Date'], now: Math.floor(seconds * 1000) });
}
