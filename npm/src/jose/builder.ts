// What SignJWT, EncryptJWT and UnsecuredJWT have in common: a set of claims that grows.

import { epoch, seconds } from './duration';
import { isDate, isPlainObject } from '../realm';
import type { JWTPayload } from './types';

// Where a builder keeps its claims: a symbol, which is faster to reach than a WeakMap.
const CLAIMS: unique symbol = Symbol('claims');

function text(claim: string, value: unknown): string {
  if (typeof value === 'string') return value;
  throw new TypeError(`"${claim}" claim must be a string`);
}

function finite(value: number, setter: string): number {
  if (Number.isFinite(value)) return value;
  throw new TypeError(`Invalid ${setter} input`);
}

function date(value: unknown, setter: string): number {
  if (typeof value === 'number') return finite(value, setter);
  if (isDate(value)) return finite(epoch(value), setter);
  return epoch(new Date()) + seconds(value);
}

function isAudience(value: unknown): value is string | string[] {
  if (typeof value === 'string') return true;
  return Array.isArray(value) && Array.from(value).every((one) => typeof one === 'string');
}

// Most sets of claims are flat, and copied a good deal faster without a structured clone.
function isFlat(payload: JWTPayload): boolean {
  for (const claim in payload) {
    const type = typeof payload[claim];
    if (type !== 'string' && type !== 'number' && type !== 'boolean') return false;
  }
  return true;
}

export function claimsOf(builder: ClaimsBuilder): JWTPayload {
  return builder[CLAIMS];
}

/** The claims as JSON text. A time that is no finite number is refused. */
export function claimsText(builder: ClaimsBuilder): string {
  const claims = claimsOf(builder);
  for (const claim of ['iat', 'nbf', 'exp'] as const) {
    const value = claims[claim];
    if (typeof value === 'number' && !Number.isFinite(value)) {
      throw new TypeError(`"${claim}" claim must be a finite number`);
    }
  }
  return JSON.stringify(claims);
}

/** Refuses the second call of a setter that may be called once. */
export function setOnce(before: unknown, setter: string): void {
  if (before !== undefined) throw new TypeError(`${setter} can only be called once`);
}

export abstract class ClaimsBuilder {
  /** @internal */
  readonly [CLAIMS]: JWTPayload;

  /** Copies `payload`, a plain object; what is changed in it afterwards does not count. */
  constructor(payload: JWTPayload = {}) {
    if (!isPlainObject(payload)) throw new TypeError('JWT Claims Set MUST be an object');
    this[CLAIMS] = isFlat(payload) ? { ...payload } : structuredClone(payload);
  }

  /** Sets `iss`. */
  setIssuer(issuer: string): this {
    claimsOf(this).iss = text('iss', issuer);
    return this;
  }

  /** Sets `sub`. */
  setSubject(subject: string): this {
    claimsOf(this).sub = text('sub', subject);
    return this;
  }

  /** Sets `aud`. */
  setAudience(audience: string | string[]): this {
    if (!isAudience(audience)) {
      throw new TypeError('"aud" claim must be a string or an array of strings');
    }
    claimsOf(this).aud = audience;
    return this;
  }

  /** Sets `jti`. */
  setJti(jwtId: string): this {
    claimsOf(this).jti = text('jti', jwtId);
    return this;
  }

  /** Sets `nbf`: seconds since the epoch, a Date, or a span from now such as "5 minutes". */
  setNotBefore(input: number | string | Date): this {
    claimsOf(this).nbf = date(input, 'setNotBefore');
    return this;
  }

  /** Sets `exp`: seconds since the epoch, a Date, or a span from now such as "7d". */
  setExpirationTime(input: number | string | Date): this {
    claimsOf(this).exp = date(input, 'setExpirationTime');
    return this;
  }

  /** Sets `iat`: now, unless told otherwise. */
  setIssuedAt(input?: number | string | Date): this {
    const now = epoch(new Date());
    claimsOf(this).iat = finite(
      input === undefined ? now : date(input, 'setIssuedAt'),
      'setIssuedAt',
    );
    return this;
  }
}
