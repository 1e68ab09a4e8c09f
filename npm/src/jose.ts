// latchkey/jose on Node: jose's JWTs for secrets, with MACs and ciphers of the native core.

import { KeyObject } from 'node:crypto';
import { inflateRawSync } from 'node:zlib';
import { hmacBits, type HashBits } from './jose/algorithms';
import { encode } from './jose/base64url';
import { ClaimsBuilder, claimsText, setOnce } from './jose/builder';
import { checkClaims, parseClaims } from './jose/claims';
import { EncryptBuilder, sealingRequest } from './jose/encrypt_builder';
import { JWEDecryptionFailed } from './jose/errors';
import type { Header } from './jose/header';
import {
  checkInflation,
  finishJwe,
  inflationFailed,
  prepareOpening,
  prepareSealing,
  readJwe,
  type Jwe,
} from './jose/jwe';
import { finishJws, prepareMac, prepareSigning, readJws, type Jws } from './jose/jws';
import { isCryptoKey, type PreparedKey } from './jose/keys';
import { native } from 'latchkey/native';
import type {
  ClaimsOf,
  CryptoKey,
  EncryptOptions,
  JWTDecryptGetKey,
  JWTDecryptOptions,
  JWTDecryptResult,
  JWTHeaderParameters,
  JWTPayload,
  JWTVerifyGetKey,
  JWTVerifyOptions,
  JWTVerifyResult,
  KeyInput,
  ResolvedKey,
  SignOptions,
} from './jose/types';
import { replaceWithoutNative } from './without_native';

export * from './jose/exports';

// What jws_open answers instead of a payload.
const BAD_MAC = 1;
const BAD_BASE64URL = 2;

/** Which implementation this is. */
export const cryptoRuntime = 'latchkey';

const exported = new WeakMap<CryptoKey, Uint8Array>();

// bytesOf reads a CryptoKey once: what it holds never changes.
function bytesOf(key: PreparedKey): Uint8Array {
  if (!isCryptoKey(key)) return key;
  let bytes = exported.get(key);
  if (!bytes) exported.set(key, (bytes = KeyObject.from(key).export()));
  return bytes;
}

function macKey(key: PreparedKey): Uint8Array {
  const bytes = bytesOf(key);
  if (bytes.length === 0) throw new DOMException('Zero-length key is not supported', 'DataError');
  return bytes;
}

// The headers of tokens that verified: flat, without `crit`, and few, because who writes them has
// the key.
const KNOWN_HEADERS = 64;
const knownHeaders = new Map<string, { header: Header; alg: string; bits: HashBits }>();

function remember({ header, encodedHeader, alg }: Jws): void {
  const bits = hmacBits(alg);
  const isFlat = Object.values(header).every((value) => typeof value !== 'object');
  if (knownHeaders.size >= KNOWN_HEADERS || bits === undefined || !isFlat) return;
  knownHeaders.set(encodedHeader, { header: { ...header }, alg, bits });
}

// verifyKnown takes the short way for a token whose header was seen before. It decides nothing that
// is not a plain success; everything else goes the long way, which finds the right error.
function verifyKnown<Claims>(
  jwt: unknown,
  key: unknown,
  options: JWTVerifyOptions | undefined,
): JWTVerifyResult<Claims> | undefined {
  if (typeof jwt !== 'string' || !(key instanceof Uint8Array) || key.length === 0) return undefined;
  const known = knownHeaders.get(jwt.slice(0, jwt.indexOf('.')));
  if (!known) return undefined;
  const allowed = options?.algorithms;
  if (allowed !== undefined && !(Array.isArray(allowed) && allowed.includes(known.alg))) {
    return undefined;
  }
  const payload = native().jws_open(jwt, key, known.bits);
  if (typeof payload !== 'string') return undefined;
  const protectedHeader = { ...known.header } as JWTHeaderParameters;
  const claims = checkClaims(parseClaims(payload), protectedHeader, options);
  return { payload: claims as ClaimsOf<Claims>, protectedHeader };
}

function verifyRead<Claims>(
  jws: Jws,
  key: unknown,
  options: JWTVerifyOptions | undefined,
): [JWTVerifyResult<Claims>, PreparedKey] {
  const check = prepareMac(jws, key);
  const outcome = native().jws_open(jws.token, macKey(check.key), check.bits);
  // A payload that is no UTF-8 is left empty, which is no claims set either.
  const payload = () =>
    typeof outcome === 'string' ? outcome : outcome === BAD_BASE64URL ? undefined : '';
  const result = finishJws<Claims>(jws, outcome !== BAD_MAC, payload, options);
  remember(jws);
  return [result, check.key];
}

/** jwtVerify without a promise; the key is a secret, not a function. */
export function verifySync<Claims = JWTPayload>(
  jwt: string | Uint8Array,
  key: KeyInput,
  options?: JWTVerifyOptions,
): JWTVerifyResult<Claims> {
  const known = verifyKnown<Claims>(jwt, key, options);
  return known ?? verifyRead<Claims>(readJws(jwt, options), key, options)[0];
}

/** Verifies a signed JWT and its claims. */
export async function jwtVerify<Claims = JWTPayload>(
  jwt: string | Uint8Array,
  key: KeyInput,
  options?: JWTVerifyOptions,
): Promise<JWTVerifyResult<Claims>>;
export async function jwtVerify<
  Claims = JWTPayload,
  Key extends CryptoKey | Uint8Array = CryptoKey | Uint8Array,
>(
  jwt: string | Uint8Array,
  getKey: JWTVerifyGetKey<Key>,
  options?: JWTVerifyOptions,
): Promise<JWTVerifyResult<Claims> & ResolvedKey<Key>>;
export async function jwtVerify<Claims = JWTPayload>(
  jwt: string | Uint8Array,
  key: KeyInput | JWTVerifyGetKey,
  options?: JWTVerifyOptions,
): Promise<JWTVerifyResult<Claims> & Partial<ResolvedKey>>;
export async function jwtVerify<Claims = JWTPayload>(
  jwt: string | Uint8Array,
  key: KeyInput | JWTVerifyGetKey,
  options?: JWTVerifyOptions,
): Promise<JWTVerifyResult<Claims> & Partial<ResolvedKey>> {
  if (typeof key !== 'function') return verifySync<Claims>(jwt, key, options);
  const jws = readJws(jwt, options);
  const { payload, encodedHeader, signature } = jws;
  const parts = { payload, protected: encodedHeader, signature };
  const found = await key(jws.header as JWTHeaderParameters, parts);
  const [result, prepared] = verifyRead<Claims>(jws, found, options);
  return { ...result, key: prepared };
}

/** Builds and signs a JWT. */
export class SignJWT extends ClaimsBuilder {
  #header: JWTHeaderParameters | undefined;

  /** Sets the protected header; `alg` is HS256, HS384 or HS512. */
  setProtectedHeader(protectedHeader: JWTHeaderParameters): this {
    setOnce(this.#header, 'setProtectedHeader');
    this.#header = protectedHeader;
    return this;
  }

  /** Signs without a promise. */
  signSync(key: KeyInput, options?: SignOptions): string {
    const payload = claimsText(this);
    const signing = prepareSigning(this.#header, key, options);
    return native().jws_sign(signing.header, payload, macKey(signing.key), signing.bits);
  }

  /** Signs. */
  async sign(key: KeyInput, options?: SignOptions): Promise<string> {
    return this.signSync(key, options);
  }
}

function inflate(bytes: Uint8Array, limit: number): Uint8Array {
  checkInflation(limit);
  try {
    const most = limit === Infinity ? {} : { maxOutputLength: limit };
    return inflateRawSync(bytes, most);
  } catch (cause) {
    throw inflationFailed(cause, (cause as { code?: string }).code === 'ERR_BUFFER_TOO_LARGE');
  }
}

function decryptRead<Claims>(
  jwe: Jwe,
  key: unknown,
  options: JWTDecryptOptions | undefined,
): [JWTDecryptResult<Claims>, PreparedKey] {
  const secret = prepareOpening(jwe, key);
  const { encodedHeader, encryption, iv, ciphertext, tag, inflated } = jwe;
  const bytes = bytesOf(secret);
  let plaintext: Uint8Array | null = native().jwe_open(
    encodedHeader,
    bytes,
    encryption.name,
    iv,
    ciphertext,
    tag,
  );
  if (plaintext === null) throw new JWEDecryptionFailed();
  if (inflated !== undefined) plaintext = inflate(plaintext, inflated);
  return [finishJwe<Claims>(jwe, plaintext, options), secret];
}

/** Decrypts a JWT and checks its claims. */
export async function jwtDecrypt<Claims = JWTPayload>(
  jwt: string | Uint8Array,
  key: KeyInput,
  options?: JWTDecryptOptions,
): Promise<JWTDecryptResult<Claims>>;
export async function jwtDecrypt<
  Claims = JWTPayload,
  Key extends CryptoKey | Uint8Array = CryptoKey | Uint8Array,
>(
  jwt: string | Uint8Array,
  getKey: JWTDecryptGetKey<Key>,
  options?: JWTDecryptOptions,
): Promise<JWTDecryptResult<Claims> & ResolvedKey<Key>>;
export async function jwtDecrypt<Claims = JWTPayload>(
  jwt: string | Uint8Array,
  key: KeyInput | JWTDecryptGetKey,
  options?: JWTDecryptOptions,
): Promise<JWTDecryptResult<Claims> & Partial<ResolvedKey>>;
export async function jwtDecrypt<Claims = JWTPayload>(
  jwt: string | Uint8Array,
  key: KeyInput | JWTDecryptGetKey,
  options?: JWTDecryptOptions,
): Promise<JWTDecryptResult<Claims> & Partial<ResolvedKey>> {
  const jwe = readJwe(jwt, options);
  if (typeof key !== 'function') return decryptRead<Claims>(jwe, key, options)[0];
  const header = jwe.header as Parameters<JWTDecryptGetKey>[0];
  const [result, prepared] = decryptRead<Claims>(jwe, await key(header, jwe.texts), options);
  return { ...result, key: prepared };
}

/** Builds and encrypts a JWT. */
export class EncryptJWT extends EncryptBuilder {
  /** Encrypts. */
  async encrypt(key: KeyInput, options?: EncryptOptions): Promise<string> {
    const plaintext = claimsText(this);
    const sealing = prepareSealing(sealingRequest(this), key, options, encode);
    const { encodedHeader, encryption, iv } = sealing;
    const bytes = bytesOf(sealing.key);
    return native().jwe_seal(encodedHeader, plaintext, bytes, encryption.name, iv);
  }
}

declare const exports: Record<string, unknown>;
declare const require: (name: './edge/jose') => object;
replaceWithoutNative(exports, () => require('./edge/jose'));
