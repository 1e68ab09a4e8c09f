// From what a caller passes as a key to a secret, with the checks and messages of jose.

import { isForKeyPairs, notOffered, type HashBits } from './algorithms';
import { decode } from './base64url';
import { isBytes, isPlainObject } from '../realm';
import type { JWK } from './types';

export type Usage = 'sign' | 'verify' | 'encrypt' | 'decrypt';
/** What a secret is for: `name` stands in messages, the rest is demanded of a CryptoKey. */
export interface Purpose {
  name: string;
  usage: Usage;
  algorithm: 'HMAC' | 'AES-GCM' | 'AES-CBC';
  hash?: HashBits | undefined;
  keyBits?: number | undefined;
}
interface KeyLike {
  type: string;
  export?: () => Uint8Array<ArrayBuffer>;
}
export type PreparedKey = Uint8Array<ArrayBuffer> | CryptoKey;

const tagOf = (value: unknown): string => Object.prototype.toString.call(value).slice(8, -1);

export function isCryptoKey(key: unknown): key is CryptoKey {
  return tagOf(key) === 'CryptoKey';
}
function isKeyLike(key: unknown): key is KeyLike {
  return isCryptoKey(key) || tagOf(key) === 'KeyObject';
}

function received(key: unknown): string {
  if (key === null || key === undefined) return ` Received ${String(key)}`;
  if (typeof key === 'function') return key.name ? ` Received function ${key.name}` : '';
  const name = typeof key === 'object' ? key.constructor?.name : undefined;
  return name ? ` Received an instance of ${name}` : '';
}

function wrongKind(name: string, key: unknown, secret: boolean): TypeError {
  const kinds = secret
    ? 'CryptoKey, KeyObject, JSON Web Key, or Uint8Array'
    : 'CryptoKey, KeyObject, or JSON Web Key';
  return new TypeError(
    `Key for the ${name} algorithm must be one of type ${kinds}.${received(key)}`,
  );
}

function checkShape(jwk: JWK): void {
  if (jwk.ext !== undefined && typeof jwk.ext !== 'boolean') {
    throw new TypeError('"ext" (Extractable) Parameter must be a boolean');
  }
  const operations: unknown = jwk.key_ops;
  if (operations === undefined) return;
  const isText = (one: unknown) => typeof one === 'string';
  const isSet = (list: unknown[]) => list.every(isText) && new Set(list).size === list.length;
  if (!Array.isArray(operations) || !isSet(operations)) {
    throw new TypeError('"key_ops" (Key Operations) Parameter must be an array of unique strings');
  }
}

function checkUse(jwk: JWK, { name, usage }: Purpose): void {
  const mustBe = (what: string, verb: string, value: string) =>
    new TypeError(
      `Invalid key for this operation, its "${what}" must ${verb} "${value}" when present`,
    );
  const use = usage === 'sign' || usage === 'verify' ? 'sig' : 'enc';
  if (jwk.use !== undefined && jwk.use !== use) throw mustBe('use', 'be', use);
  if (jwk.alg !== undefined && jwk.alg !== name) throw mustBe('alg', 'be', name);
  if (jwk.key_ops && !jwk.key_ops.includes(usage)) throw mustBe('key_ops', 'include', usage);
}

function fromJwk(jwk: JWK, purpose: Purpose): Uint8Array<ArrayBuffer> {
  checkShape(jwk);
  if (typeof jwk.kty !== 'string') throw wrongKind(purpose.name, jwk, true);
  if (jwk.kty !== 'oct' || typeof jwk.k !== 'string') {
    throw new TypeError(
      'JSON Web Key for symmetric algorithms must have JWK "kty" (Key Type) equal to "oct" ' +
        'and the JWK "k" (Key Value) present',
    );
  }
  checkUse(jwk, purpose);
  return decode(jwk.k);
}

/** Refuses a CryptoKey that is for something else. */
export function checkPurpose(key: PreparedKey, purpose: Purpose): void {
  if (!isCryptoKey(key)) return;
  if (purpose.algorithm === 'AES-CBC') {
    throw new TypeError('Key must be of type Uint8Array. Received an instance of CryptoKey');
  }
  const algorithm = key.algorithm as { name: string; hash?: { name: string }; length?: number };
  const unusable = (what: string, value: string | number) =>
    new TypeError(`CryptoKey does not support this operation, its ${what} must be ${value}`);
  if (algorithm.name !== purpose.algorithm) throw unusable('algorithm.name', purpose.algorithm);
  const hash = `SHA-${purpose.hash}`;
  if (purpose.hash && algorithm.hash?.name !== hash) throw unusable('algorithm.hash', hash);
  if (purpose.keyBits && algorithm.length !== purpose.keyBits) {
    throw unusable('algorithm.length', purpose.keyBits);
  }
  if (!key.usages.includes(purpose.usage)) {
    const message = 'CryptoKey does not support this operation, its usages must include';
    throw new TypeError(`${message} ${purpose.usage}.`);
  }
}

/** The secret in `key`: bytes, or a CryptoKey, on which checkPurpose has yet to look. */
export function prepareSecret(key: unknown, purpose: Purpose): PreparedKey {
  if (isBytes(key)) return key;
  if (isPlainObject(key)) return fromJwk(key, purpose);
  if (!isKeyLike(key)) throw wrongKind(purpose.name, key, true);
  if (key.type !== 'secret') {
    const message = `${tagOf(key)} instances must be of type "secret"`;
    throw new TypeError(`${message} for the ${purpose.name} algorithm`);
  }
  return isCryptoKey(key) ? key : (key.export as () => Uint8Array<ArrayBuffer>)();
}

function isJwkOf(kind: 'private' | 'public', jwk: JWK): boolean {
  const { kty, d, priv } = jwk as { kty: string; d?: unknown; priv?: unknown };
  if (kty === 'oct') return false;
  if (kind === 'public') return d === undefined && priv === undefined;
  return typeof d === 'string' || (kty === 'AKP' && typeof priv === 'string');
}

/** Refuses an algorithm for key pairs: as jose does for a secret, else as not offered. */
export function refuseKeyPair(alg: string, key: unknown, usage: Usage): void {
  if (!isForKeyPairs(alg)) return;
  const kind = usage === 'sign' || usage === 'decrypt' ? 'private' : 'public';
  if (isPlainObject(key)) {
    checkShape(key);
    if (typeof key['kty'] !== 'string') throw wrongKind(alg, key, false);
    if (!isJwkOf(kind, key)) {
      throw new TypeError(`JSON Web Key for this operation must be a ${kind} JWK`);
    }
  } else if (!isKeyLike(key)) {
    throw wrongKind(alg, key, false);
  } else if (key.type !== kind && ['secret', 'public', 'private'].includes(key.type)) {
    const message = `${tagOf(key)} instances must be of type "${kind}"`;
    throw new TypeError(`${message} for the ${alg} algorithm`);
  }
  throw notOffered(alg);
}
