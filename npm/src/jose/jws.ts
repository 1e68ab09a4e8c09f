// Compact JWS: everything but the MAC, which each runtime computes in its own way.

import { isBytes } from '../realm';
import { hmacBits, refuseUnknownSignature, type HashBits } from './algorithms';
import { decodeLoosely } from './base64url';
import { checkClaims, parseClaims } from './claims';
import {
  JOSEAlgNotAllowed,
  JWSInvalid,
  JWSSignatureVerificationFailed,
  JWTInvalid,
} from './errors';
import {
  allowList,
  checkCrit,
  parseHeader,
  readB64,
  refuseRepeatedCrit,
  writeHeader,
  type Header,
} from './header';
import { checkPurpose, prepareSecret, refuseKeyPair, type PreparedKey, type Usage } from './keys';
import type {
  JWTHeaderParameters,
  JWTVerifyOptions,
  JWTVerifyResult,
  SignOptions,
  VerifyOptions,
} from './types';

const BUILTIN = ['b64'];
const decoder = new TextDecoder();
const BEYOND_ASCII = /[^\0-\x7f]/;
const INVALID_HEADER = 'JWS Protected Header is invalid';

export interface Jws {
  token: string;
  encodedHeader: string;
  payload: string;
  signature: string;
  header: Header;
  canonical: boolean;
  alg: string;
  b64: boolean;
}

function algorithmOf(header: Header): string {
  const { alg } = header;
  if (typeof alg === 'string' && alg !== '') return alg;
  throw new JWSInvalid('JWS "alg" (Algorithm) Header Parameter missing or invalid');
}

/** Takes a token apart and checks what its header says, up to the choice of the key. */
export function readJws(jws: unknown, options: VerifyOptions | undefined): Jws {
  const allowed = options && allowList('algorithms', options.algorithms);
  const token = isBytes(jws) ? decoder.decode(jws) : jws;
  if (typeof token !== 'string') {
    throw new JWSInvalid('Compact JWS must be a string or Uint8Array');
  }
  const [encodedHeader, payload, signature, ...rest] = token.split('.');
  if (encodedHeader === undefined || payload === undefined || signature === undefined) {
    throw new JWSInvalid('Invalid Compact JWS');
  }
  if (rest.length > 0) throw new JWSInvalid('Invalid Compact JWS');
  const { header, canonical } = parseHeader(encodedHeader, JWSInvalid, INVALID_HEADER);
  const b64 = readB64(header, checkCrit(header, options?.crit, BUILTIN, JWSInvalid));
  const alg = algorithmOf(header);
  if (allowed && !allowed.includes(alg)) {
    throw new JOSEAlgNotAllowed('"alg" (Algorithm) Header Parameter value not allowed');
  }
  return { token, encodedHeader, payload, signature, header, canonical, alg, b64 };
}

function macSecret(alg: string, key: unknown, usage: Usage): [HashBits, PreparedKey] {
  const hash = hmacBits(alg) as HashBits;
  const purpose = { name: alg, usage, algorithm: 'HMAC', hash } as const;
  const secret = prepareSecret(key, purpose);
  checkPurpose(secret, purpose);
  return [hash, secret];
}

export interface MacCheck {
  bits: HashBits;
  key: PreparedKey;
  /** The given MAC, as far as it can be read at all. */
  mac: Uint8Array<ArrayBuffer>;
  /** Whether the MAC is written the one way that is accepted. */
  canonical: boolean;
}

/** Checks the key and the parts that the MAC is computed from. */
export function prepareMac(jws: Jws, key: unknown): MacCheck {
  refuseUnknownSignature(jws.alg);
  if (BEYOND_ASCII.test(jws.payload)) {
    throw new JWSInvalid('The payload is not a valid base64url string');
  }
  const mac = decodeLoosely(jws.signature);
  if (!mac) throw new JWSInvalid('Failed to base64url decode the signature');
  refuseKeyPair(jws.alg, key, 'verify');
  const [bits, secret] = macSecret(jws.alg, key, 'verify');
  return { bits, key: secret, mac: mac.bytes, canonical: mac.canonical };
}

/**
 * Judges a token whose MAC was computed. `payload` is the payload's text or bytes; nothing when it
 * is not base64url in its one form.
 */
export function finishJws<Claims>(
  jws: Jws,
  authentic: boolean,
  payload: () => string | Uint8Array | undefined,
  options: JWTVerifyOptions | undefined,
): JWTVerifyResult<Claims> {
  if (!authentic) throw new JWSSignatureVerificationFailed();
  if (!jws.canonical) throw new JWSInvalid(INVALID_HEADER);
  if (!jws.b64) throw new JWTInvalid('JWTs MUST NOT use unencoded payload');
  const source = payload();
  if (source === undefined) throw new JWSInvalid('Failed to base64url decode the payload');
  const claims = checkClaims(parseClaims(source), jws.header, options);
  return {
    payload: claims as Claims & typeof claims,
    protectedHeader: jws.header as JWTHeaderParameters,
  };
}

export interface Signing {
  bits: HashBits;
  key: PreparedKey;
  header: string;
}

/** Checks what is asked of a signature. */
export function prepareSigning(
  protectedHeader: unknown,
  key: unknown,
  options: SignOptions | undefined,
): Signing {
  if (protectedHeader === undefined) {
    throw new JWSInvalid(
      'either setProtectedHeader or setUnprotectedHeader must be called before #sign()',
    );
  }
  const [header, text] = writeHeader(protectedHeader, JWSInvalid);
  refuseRepeatedCrit(header, JWSInvalid);
  if (!readB64(header, checkCrit(header, options?.crit, BUILTIN, JWSInvalid))) {
    throw new JWTInvalid('JWTs MUST NOT use unencoded payload');
  }
  const alg = algorithmOf(header);
  refuseUnknownSignature(alg);
  refuseKeyPair(alg, key, 'sign');
  const [bits, secret] = macSecret(alg, key, 'sign');
  return { bits, key: secret, header: text };
}
