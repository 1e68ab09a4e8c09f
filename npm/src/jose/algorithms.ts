// What latchkey can do, and what it knows that jose can.

import { JOSENotSupported } from './errors';

export type HashBits = 256 | 384 | 512;

const HMAC: Record<string, HashBits> = { HS256: 256, HS384: 384, HS512: 512 };

export interface Encryption {
  name: string;
  keyBits: number;
  ivBytes: number;
  /** The bits of the HMAC's hash; nothing for AES-GCM. */
  hash?: HashBits;
}
const gcm = (name: string, keyBits: number): Encryption => ({ name, keyBits, ivBytes: 12 });
const cbc = (name: string, hash: HashBits): Encryption => ({
  name,
  keyBits: hash,
  ivBytes: 16,
  hash,
});
const ENCRYPTIONS = new Map(
  [
    gcm('A128GCM', 128),
    gcm('A192GCM', 192),
    gcm('A256GCM', 256),
    cbc('A128CBC-HS256', 256),
    cbc('A192CBC-HS384', 384),
    cbc('A256CBC-HS512', 512),
  ].map((encryption) => [encryption.name, encryption]),
);

const KEY_PAIR_SIGNATURES =
  /^(?:[RP]S(?:256|384|512)|ES(?:256|384|512)|EdDSA|Ed25519|ML-DSA-(?:44|65|87))$/;
const KEY_PAIR_ENCRYPTIONS = /^(?:RSA-OAEP(?:-(?:256|384|512))?|ECDH-ES(?:\+A(?:128|192|256)KW)?)$/;
const SECRET_WRAPS = /^(?:A(?:128|192|256)(?:GCM)?KW|PBES2-HS(?:256\+A128|384\+A192|512\+A256)KW)$/;

/** The hash of an algorithm that signs with a secret. */
export function hmacBits(alg: string): HashBits | undefined {
  return Object.hasOwn(HMAC, alg) ? HMAC[alg] : undefined;
}

export function isForKeyPairs(alg: string): boolean {
  return KEY_PAIR_SIGNATURES.test(alg) || KEY_PAIR_ENCRYPTIONS.test(alg);
}

/** What a known algorithm that is not offered here is answered with. */
export function notOffered(what: string): JOSENotSupported {
  return new JOSENotSupported(
    `latchkey/jose has no ${what}: it does HS256, HS384, HS512 and "dir" with a secret; ` +
      'for everything else use jose',
  );
}

/** Refuses an `alg` of a JWS that jose does not know either. */
export function refuseUnknownSignature(alg: string): void {
  if (hmacBits(alg) !== undefined || KEY_PAIR_SIGNATURES.test(alg)) return;
  throw new JOSENotSupported(
    `alg ${alg} is not supported either by JOSE or your javascript runtime`,
  );
}

export function findEncryption(enc: string): Encryption {
  const found = ENCRYPTIONS.get(enc);
  if (found) return found;
  throw new JOSENotSupported(
    'Invalid or unsupported "enc" (JWE Encryption Algorithm) header value',
  );
}

/** Whether a JWE's `alg` carries an encrypted key. */
export function wrapsKey(alg: string): boolean {
  return SECRET_WRAPS.test(alg) || (KEY_PAIR_ENCRYPTIONS.test(alg) && alg !== 'ECDH-ES');
}

/** Refuses an `alg` of a JWE that jose does not know either. */
export function refuseUnknownManagement(alg: string): void {
  if (alg === 'dir' || SECRET_WRAPS.test(alg) || KEY_PAIR_ENCRYPTIONS.test(alg)) return;
  throw new JOSENotSupported('Invalid or unsupported "alg" (JWE Algorithm) header value');
}
