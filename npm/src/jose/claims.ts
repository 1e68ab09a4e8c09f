// The rules for a set of claims, in jose's order.

import { epoch, seconds } from './duration';
import { JWTClaimValidationFailed, JWTExpired, JWTInvalid } from './errors';
import { isPlainObject } from '../realm';
import type { JWTClaimVerificationOptions, JWTPayload } from './types';

const strict = new TextDecoder('utf-8', { fatal: true });
const NO_OPTIONS: JWTClaimVerificationOptions = {};

/** Reads claims; what is not a JSON object in strict UTF-8 is no claims set. */
export function parseClaims(source: Uint8Array | string): JWTPayload {
  let claims: unknown;
  const message = 'JWT Claims Set must be a top-level JSON object';
  try {
    claims = JSON.parse(typeof source === 'string' ? source : strict.decode(source));
  } catch (cause) {
    throw new JWTInvalid(message, { cause });
  }
  if (!isPlainObject(claims)) throw new JWTInvalid(message);
  return claims as JWTPayload;
}

function fullType(typ: string): string {
  return (typ.includes('/') ? typ : `application/${typ}`).toLowerCase();
}

function failed(message: string, claims: JWTPayload, claim: string, reason: string): Error {
  return new JWTClaimValidationFailed(message, claims, claim, reason);
}

// What the options speak about is asked for first, then the required claims from the last on.
function checkPresence(claims: JWTPayload, options: JWTClaimVerificationOptions): void {
  const wanted: string[] = [];
  if (options.issuer !== undefined) wanted.push('iss');
  if (options.subject !== undefined) wanted.push('sub');
  if (options.audience !== undefined) wanted.push('aud');
  if (options.maxTokenAge !== undefined) wanted.push('iat');
  if (options.requiredClaims !== undefined) wanted.push(...[...options.requiredClaims].reverse());
  for (const claim of wanted) {
    if (!Object.hasOwn(claims, claim)) {
      throw failed(`missing required "${claim}" claim`, claims, claim, 'missing');
    }
  }
}

function hasAudience(aud: unknown, wanted: string | string[]): boolean {
  const list = typeof wanted === 'string' ? [wanted] : wanted;
  if (typeof aud === 'string') return list.includes(aud);
  return Array.isArray(aud) && list.some((one) => aud.includes(one));
}

function checkParties(claims: JWTPayload, options: JWTClaimVerificationOptions): void {
  const { issuer, subject, audience } = options;
  const issuers = Array.isArray(issuer) ? issuer : [issuer];
  let wrong: string | undefined;
  if (issuer !== undefined && !issuers.includes(claims.iss)) wrong = 'iss';
  else if (subject !== undefined && claims.sub !== subject) wrong = 'sub';
  else if (audience !== undefined && !hasAudience(claims.aud, audience)) wrong = 'aud';
  if (wrong) throw failed(`unexpected "${wrong}" claim value`, claims, wrong, 'check_failed');
}

function finite(value: number, name: string): number {
  if (!Number.isFinite(value)) throw new TypeError(`Invalid ${name} option input`);
  return value;
}

function tolerance(option: string | number | undefined): number {
  if (option === undefined) return 0;
  if (typeof option !== 'string' && typeof option !== 'number') {
    throw new TypeError('Invalid clockTolerance option type');
  }
  const span = finite(typeof option === 'string' ? seconds(option) : option, 'clockTolerance');
  if (span < 0) throw new TypeError('Invalid clockTolerance option input');
  return span;
}

function numeric(claims: JWTPayload, claim: 'iat' | 'nbf' | 'exp', required: boolean): number {
  const value = claims[claim];
  if (value === undefined && !required) return NaN;
  if (typeof value === 'number') return value;
  throw failed(`"${claim}" claim must be a number`, claims, claim, 'invalid');
}

function checkAge(
  claims: JWTPayload,
  age: number,
  slack: number,
  maxTokenAge: string | number,
): void {
  const span = typeof maxTokenAge === 'number' ? maxTokenAge : seconds(maxTokenAge);
  if (finite(span, 'maxTokenAge') < 0) throw new TypeError('Invalid maxTokenAge option input');
  if (age - slack > span) {
    const message = '"iat" claim timestamp check failed (too far in the past)';
    throw new JWTExpired(message, claims, 'iat', 'check_failed');
  }
  if (age < -slack) {
    const message = '"iat" claim timestamp check failed (it should be in the past)';
    throw failed(message, claims, 'iat', 'check_failed');
  }
}

// A time that is not there is NaN here, which no comparison holds for.
function checkTimes(claims: JWTPayload, options: JWTClaimVerificationOptions): void {
  const slack = tolerance(options.clockTolerance);
  const { currentDate, maxTokenAge } = options;
  const now = finite(epoch(currentDate === undefined ? new Date() : currentDate), 'currentDate');
  const iat = numeric(claims, 'iat', maxTokenAge !== undefined);
  if (numeric(claims, 'nbf', false) > now + slack) {
    throw failed('"nbf" claim timestamp check failed', claims, 'nbf', 'check_failed');
  }
  if (numeric(claims, 'exp', false) <= now - slack) {
    throw new JWTExpired('"exp" claim timestamp check failed', claims, 'exp', 'check_failed');
  }
  if (maxTokenAge !== undefined) checkAge(claims, now - iat, slack, maxTokenAge);
}

/** Applies `options` to claims that are authentic (or, for UnsecuredJWT, only well-formed). */
export function checkClaims(
  claims: JWTPayload,
  header: { typ?: unknown },
  options: JWTClaimVerificationOptions = NO_OPTIONS,
): JWTPayload {
  const { typ } = options;
  if (typ !== undefined) {
    if (typeof header.typ !== 'string' || fullType(header.typ) !== fullType(typ)) {
      throw failed('unexpected "typ" JWT header value', claims, 'typ', 'check_failed');
    }
  }
  checkPresence(claims, options);
  checkParties(claims, options);
  checkTimes(claims, options);
  return claims;
}
