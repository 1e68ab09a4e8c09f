// Compact JWE with direct encryption: everything but the cipher.

import { isBytes, isPlainObject } from '../realm';
import {
  findEncryption,
  notOffered,
  refuseUnknownManagement,
  wrapsKey,
  type Encryption,
} from './algorithms';
import { decodeLoosely, type Decoded } from './loose_base64url';
import { checkClaims, parseClaims } from './claims';
import {
  JOSEAlgNotAllowed,
  JOSENotSupported,
  JWEDecryptionFailed,
  JWEInvalid,
  JWTClaimValidationFailed,
} from './errors';
import {
  allowList,
  checkCrit,
  parseHeader,
  refuseRepeatedCrit,
  writeHeader,
  type Header,
} from './header';
import {
  checkPurpose,
  isCryptoKey,
  prepareSecret,
  refuseKeyPair,
  type PreparedKey,
  type Purpose,
} from './keys';
import type {
  ClaimsOf,
  CompactJWEHeaderParameters,
  DecryptOptions,
  EncryptOptions,
  FlattenedJWE,
  JWTDecryptOptions,
  JWTDecryptResult,
} from './types';

const decoder = new TextDecoder();
const MOST_INFLATED = 250_000;
const NOTHING = new Uint8Array();

export interface Jwe {
  encodedHeader: string;
  encryptedKey: string;
  header: Header;
  alg: string;
  encryption: Encryption;
  ciphertext: Uint8Array<ArrayBuffer>;
  iv: Uint8Array<ArrayBuffer>;
  tag: Uint8Array<ArrayBuffer>;
  /** The parts as they came, for a getter of keys. */
  texts: FlattenedJWE;
  canonical: boolean;
  /** How many bytes a compressed plaintext may have; nothing when it is not compressed. */
  inflated: number | undefined;
}

function checkZip(header: Header): void {
  if (header['zip'] === undefined || header['zip'] === 'DEF') return;
  throw new JOSENotSupported(
    'Unsupported JWE "zip" (Compression Algorithm) Header Parameter value.',
  );
}

function isCount(value: number): boolean {
  return value === Infinity || (Number.isSafeInteger(value) && value > 0);
}

function checkOptions({ maxPBES2Count, maxDecompressedLength }: DecryptOptions): void {
  if (maxPBES2Count !== undefined && !isCount(maxPBES2Count)) {
    throw new TypeError('maxPBES2Count must be a positive safe integer or Infinity');
  }
  const inflated = maxDecompressedLength ?? MOST_INFLATED;
  if (inflated !== 0 && !isCount(inflated)) {
    throw new TypeError('maxDecompressedLength must be 0, a positive safe integer, or Infinity');
  }
}

function textOf(header: Header, name: string, message: string): string {
  const value = header[name];
  if (typeof value === 'string' && value !== '') return value;
  throw new JWEInvalid(message);
}

function choose(header: Header, algs?: string[], encs?: string[]): [string, Encryption] {
  const alg = textOf(header, 'alg', 'missing JWE Algorithm (alg) in JWE Header');
  const enc = textOf(header, 'enc', 'missing JWE Encryption Algorithm (enc) in JWE Header');
  if (algs ? !algs.includes(alg) : alg.startsWith('PBES2')) {
    throw new JOSEAlgNotAllowed('"alg" (Algorithm) Header Parameter value not allowed');
  }
  if (encs && !encs.includes(enc)) {
    throw new JOSEAlgNotAllowed('"enc" (Encryption Algorithm) Header Parameter value not allowed');
  }
  return [alg, findEncryption(enc)];
}

function part(text: string, label: string): Decoded {
  const decoded = text === '' ? { bytes: NOTHING, canonical: true } : decodeLoosely(text);
  if (!decoded) throw new JWEInvalid(`Failed to base64url decode the ${label}`);
  return decoded;
}

/** Takes a token apart and checks what its header says, up to the choice of the key. */
export function readJwe(jwe: unknown, options: DecryptOptions = {}): Jwe {
  const algs = allowList('keyManagementAlgorithms', options.keyManagementAlgorithms);
  const encs = allowList('contentEncryptionAlgorithms', options.contentEncryptionAlgorithms);
  checkOptions(options);
  const token = isBytes(jwe) ? decoder.decode(jwe) : jwe;
  if (typeof token !== 'string') {
    throw new JWEInvalid('Compact JWE must be a string or Uint8Array');
  }
  const texts = token.split('.');
  if (texts.length !== 5) throw new JWEInvalid('Invalid Compact JWE');
  const [encodedHeader, encryptedKey, iv, ciphertext, tag] = texts as [
    string,
    string,
    string,
    string,
    string,
  ];
  const parsed = parseHeader(encodedHeader, JWEInvalid, 'JWE Protected Header is invalid');
  const { header } = parsed;
  const bytes = [part(ciphertext, 'ciphertext'), part(iv, 'iv'), part(tag, 'tag')] as const;
  checkCrit(header, options.crit, [], JWEInvalid);
  checkZip(header);
  const [alg, encryption] = choose(header, algs, encs);
  if (!decodeLoosely(encryptedKey) && !wrapsKey(alg)) {
    throw new JWEInvalid('Failed to base64url decode the encrypted_key');
  }
  const compressed = header['zip'] !== undefined;
  return {
    encodedHeader,
    encryptedKey,
    header,
    alg,
    encryption,
    ciphertext: bytes[0].bytes,
    iv: bytes[1].bytes,
    tag: bytes[2].bytes,
    texts: {
      protected: encodedHeader,
      encrypted_key: encryptedKey || undefined,
      ciphertext,
      iv: iv || undefined,
      tag: tag || undefined,
    } as FlattenedJWE,
    canonical: parsed.canonical && bytes.every((one) => one.canonical),
    inflated: compressed ? (options.maxDecompressedLength ?? MOST_INFLATED) : undefined,
  };
}

function contentPurpose(
  { name, keyBits, hash }: Encryption,
  usage: 'encrypt' | 'decrypt',
): Purpose {
  return hash
    ? { name, usage, algorithm: 'AES-CBC' }
    : { name, usage, algorithm: 'AES-GCM', keyBits };
}

function directKey(
  alg: string,
  encryption: Encryption,
  key: unknown,
  usage: 'encrypt' | 'decrypt',
): PreparedKey {
  refuseUnknownManagement(alg);
  refuseKeyPair(alg, key, usage);
  if (alg !== 'dir') throw notOffered(alg);
  return prepareSecret(key, contentPurpose(encryption, usage));
}

function checkKey(key: PreparedKey, encryption: Encryption, usage: 'encrypt' | 'decrypt'): void {
  checkPurpose(key, contentPurpose(encryption, usage));
  const { keyBits } = encryption;
  if (isCryptoKey(key) || key.byteLength * 8 === keyBits) return;
  const got = key.byteLength * 8;
  throw new JWEInvalid(
    `Invalid Content Encryption Key length. Expected ${keyBits} bits, got ${got} bits`,
  );
}

/** Checks key, IV and tag of a token that is to be opened. */
export function prepareOpening(jwe: Jwe, key: unknown): PreparedKey {
  const { encryption, iv, tag } = jwe;
  const secret = directKey(jwe.alg, encryption, key, 'decrypt');
  if (jwe.encryptedKey !== '') throw new JWEInvalid('Encountered unexpected JWE Encrypted Key');
  if (iv.length === 0) throw new JWEInvalid('JWE Initialization Vector missing');
  if (tag.length === 0) throw new JWEInvalid('JWE Authentication Tag missing');
  if (!encryption.hash && tag.length !== 16) {
    throw new JWEInvalid('Invalid Authentication Tag length');
  }
  if (iv.length !== encryption.ivBytes) {
    throw new JWEInvalid('Invalid Initialization Vector length');
  }
  checkKey(secret, encryption, 'decrypt');
  if (!jwe.canonical) throw new JWEDecryptionFailed();
  return secret;
}

/** Refuses to inflate when the caller forbids it. */
export function checkInflation(limit: number): void {
  if (limit === 0) {
    throw new JOSENotSupported(
      'JWE "zip" (Compression Algorithm) Header Parameter is not supported.',
    );
  }
}

/** What an inflater that failed, or found more than `limit` bytes, is reported as. */
export function inflationFailed(cause: unknown, tooMuch: boolean): JWEInvalid {
  return tooMuch
    ? new JWEInvalid('Decompressed plaintext exceeded the configured limit')
    : new JWEInvalid('Failed to decompress plaintext', { cause });
}

/** Judges the plaintext of a token that opened. */
export function finishJwe<Claims>(
  jwe: Jwe,
  plaintext: Uint8Array,
  options: JWTDecryptOptions | undefined,
): JWTDecryptResult<Claims> {
  const { header } = jwe;
  const claims = checkClaims(parseClaims(plaintext), header, options);
  for (const claim of ['iss', 'sub', 'aud'] as const) {
    const outside = header[claim];
    if (outside === undefined) continue;
    const inside = claims[claim];
    const same =
      claim === 'aud' ? JSON.stringify(outside) === JSON.stringify(inside) : outside === inside;
    if (!same) {
      const message = `replicated "${claim}" claim header parameter mismatch`;
      throw new JWTClaimValidationFailed(message, claims, claim, 'mismatch');
    }
  }
  return {
    payload: claims as ClaimsOf<Claims>,
    protectedHeader: header as CompactJWEHeaderParameters,
  };
}

export interface Sealing {
  encryption: Encryption;
  key: PreparedKey;
  encodedHeader: string;
  iv: Uint8Array<ArrayBuffer> | undefined;
}
export interface SealingRequest {
  header: unknown;
  iv: unknown;
  contentKey: unknown;
  parameters: unknown;
}

function bytesOrNothing(value: unknown, label: string): Uint8Array<ArrayBuffer> | undefined {
  if (value === undefined || isBytes(value)) return value;
  throw new TypeError(`${label} must be an instance of Uint8Array`);
}

function sealingAlgorithms(header: Header): [string, Encryption] {
  const alg = textOf(header, 'alg', 'JWE "alg" (Algorithm) Header Parameter missing or invalid');
  const enc = textOf(
    header,
    'enc',
    'JWE "enc" (Encryption Algorithm) Header Parameter missing or invalid',
  );
  return [alg, findEncryption(enc)];
}

/** checkParameters refuses key management parameters that are none. */
export function checkParameters(parameters: unknown): void {
  if (parameters === undefined || isPlainObject(parameters)) return;
  throw new TypeError('JWE Key Management Parameters must be an object');
}

/** Checks what is asked of an encryption. */
export function prepareSealing(
  request: SealingRequest,
  key: unknown,
  options: EncryptOptions | undefined,
  encode: (text: string) => string,
): Sealing {
  if (!request.header) {
    throw new JWEInvalid(
      'either setProtectedHeader, setUnprotectedHeader, or sharedUnprotectedHeader must be ' +
        'called before #encrypt()',
    );
  }
  bytesOrNothing(request.contentKey, 'JWE Content Encryption Key');
  const iv = bytesOrNothing(request.iv, 'JWE Initialization Vector');
  const [header, text] = writeHeader(request.header, JWEInvalid);
  checkParameters(request.parameters);
  refuseRepeatedCrit(header, JWEInvalid);
  checkCrit(header, options?.crit, [], JWEInvalid);
  checkZip(header);
  const [alg, encryption] = sealingAlgorithms(header);
  if (header['zip'] !== undefined) throw notOffered('compression ("zip") in what it encrypts');
  refuseUnknownManagement(alg);
  if (request.contentKey !== undefined && alg === 'dir') {
    throw new TypeError(
      'setContentEncryptionKey cannot be called with JWE "alg" (Algorithm) Header dir',
    );
  }
  const secret = directKey(alg, encryption, key, 'encrypt');
  if (iv && iv.length !== encryption.ivBytes) {
    throw new JWEInvalid('Invalid Initialization Vector length');
  }
  checkKey(secret, encryption, 'encrypt');
  return { encryption, key: secret, encodedHeader: encode(text), iv };
}
