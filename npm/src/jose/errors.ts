// The errors of jose: the same classes, codes, members and messages.

import type { JWTPayload } from './types';

export type JOSEErrorCode =
  | 'ERR_JOSE_ALG_NOT_ALLOWED'
  | 'ERR_JOSE_GENERIC'
  | 'ERR_JOSE_NOT_SUPPORTED'
  | 'ERR_JWE_DECRYPTION_FAILED'
  | 'ERR_JWE_INVALID'
  | 'ERR_JWK_INVALID'
  | 'ERR_JWKS_INVALID'
  | 'ERR_JWKS_MULTIPLE_MATCHING_KEYS'
  | 'ERR_JWKS_NO_MATCHING_KEY'
  | 'ERR_JWKS_TIMEOUT'
  | 'ERR_JWS_INVALID'
  | 'ERR_JWS_SIGNATURE_VERIFICATION_FAILED'
  | 'ERR_JWT_CLAIM_VALIDATION_FAILED'
  | 'ERR_JWT_EXPIRED'
  | 'ERR_JWT_INVALID';
type Code = JOSEErrorCode | (string & {});

export type JWTClaimValidationReason =
  'check_failed' | 'invalid' | 'mismatch' | 'missing' | 'unspecified' | (string & {});

/** What a claim that was refused is reported as. */
export interface JWTClaimValidationFailure {
  claim: string;
  reason: JWTClaimValidationReason;
  /** The claims, which need not all have been checked. */
  payload: JWTPayload;
}

export class JOSEError extends Error {
  static code: Code = 'ERR_JOSE_GENERIC';
  code: Code = 'ERR_JOSE_GENERIC';
  constructor(message?: string, options?: { cause?: unknown }) {
    super(message, options);
    this.name = this.constructor.name;
    Error.captureStackTrace?.(this, this.constructor);
  }
}

/** What JWTClaimValidationFailed and JWTExpired share; they are siblings, as in jose. */
abstract class ClaimError extends JOSEError implements JWTClaimValidationFailure {
  declare cause: JWTClaimValidationFailure;
  claim: string;
  reason: JWTClaimValidationReason;
  payload: JWTPayload;
  constructor(
    message: string,
    payload: JWTPayload,
    claim = 'unspecified',
    reason: JWTClaimValidationReason = 'unspecified',
  ) {
    super(message, { cause: { claim, reason, payload } });
    this.claim = claim;
    this.reason = reason;
    this.payload = payload;
  }
}

export class JWTClaimValidationFailed extends ClaimError {
  static override code: Code = 'ERR_JWT_CLAIM_VALIDATION_FAILED';
  override code: Code = 'ERR_JWT_CLAIM_VALIDATION_FAILED';
}

export class JWTExpired extends ClaimError {
  static override code: Code = 'ERR_JWT_EXPIRED';
  override code: Code = 'ERR_JWT_EXPIRED';
}

export class JOSEAlgNotAllowed extends JOSEError {
  static override code: Code = 'ERR_JOSE_ALG_NOT_ALLOWED';
  override code: Code = 'ERR_JOSE_ALG_NOT_ALLOWED';
}

export class JOSENotSupported extends JOSEError {
  static override code: Code = 'ERR_JOSE_NOT_SUPPORTED';
  override code: Code = 'ERR_JOSE_NOT_SUPPORTED';
}

export class JWEDecryptionFailed extends JOSEError {
  static override code: Code = 'ERR_JWE_DECRYPTION_FAILED';
  override code: Code = 'ERR_JWE_DECRYPTION_FAILED';
  constructor(message = 'decryption operation failed', options?: { cause?: unknown }) {
    super(message, options);
  }
}

export class JWEInvalid extends JOSEError {
  static override code: Code = 'ERR_JWE_INVALID';
  override code: Code = 'ERR_JWE_INVALID';
}

export class JWSInvalid extends JOSEError {
  static override code: Code = 'ERR_JWS_INVALID';
  override code: Code = 'ERR_JWS_INVALID';
}

export class JWTInvalid extends JOSEError {
  static override code: Code = 'ERR_JWT_INVALID';
  override code: Code = 'ERR_JWT_INVALID';
}

export class JWKInvalid extends JOSEError {
  static override code: Code = 'ERR_JWK_INVALID';
  override code: Code = 'ERR_JWK_INVALID';
}

export class JWKSInvalid extends JOSEError {
  static override code: Code = 'ERR_JWKS_INVALID';
  override code: Code = 'ERR_JWKS_INVALID';
}

export class JWKSNoMatchingKey extends JOSEError {
  static override code: Code = 'ERR_JWKS_NO_MATCHING_KEY';
  override code: Code = 'ERR_JWKS_NO_MATCHING_KEY';
  constructor(
    message = 'no applicable key found in the JSON Web Key Set',
    options?: { cause?: unknown },
  ) {
    super(message, options);
  }
}

export class JWKSMultipleMatchingKeys extends JOSEError {
  /** The keys that match. Sets of keys are not offered here, so nothing ever matches. */
  [Symbol.asyncIterator]: () => AsyncIterableIterator<CryptoKey> = async function* () {};
  static override code: Code = 'ERR_JWKS_MULTIPLE_MATCHING_KEYS';
  override code: Code = 'ERR_JWKS_MULTIPLE_MATCHING_KEYS';
  constructor(
    message = 'multiple matching keys found in the JSON Web Key Set',
    options?: { cause?: unknown },
  ) {
    super(message, options);
  }
}

export class JWKSTimeout extends JOSEError {
  static override code: Code = 'ERR_JWKS_TIMEOUT';
  override code: Code = 'ERR_JWKS_TIMEOUT';
  constructor(message = 'request timed out', options?: { cause?: unknown }) {
    super(message, options);
  }
}

export class JWSSignatureVerificationFailed extends JOSEError {
  static override code: Code = 'ERR_JWS_SIGNATURE_VERIFICATION_FAILED';
  override code: Code = 'ERR_JWS_SIGNATURE_VERIFICATION_FAILED';
  constructor(message = 'signature verification failed', options?: { cause?: unknown }) {
    super(message, options);
  }
}

export type JWTClaimValidationError = JWTClaimValidationFailed | JWTExpired;

/** Any of these errors; its class follows from its `code`. */
export type AnyJOSEError =
  | (JOSEAlgNotAllowed & { code: 'ERR_JOSE_ALG_NOT_ALLOWED' })
  | (JOSENotSupported & { code: 'ERR_JOSE_NOT_SUPPORTED' })
  | (JWEDecryptionFailed & { code: 'ERR_JWE_DECRYPTION_FAILED' })
  | (JWEInvalid & { code: 'ERR_JWE_INVALID' })
  | (JWKInvalid & { code: 'ERR_JWK_INVALID' })
  | (JWKSInvalid & { code: 'ERR_JWKS_INVALID' })
  | (JWKSMultipleMatchingKeys & { code: 'ERR_JWKS_MULTIPLE_MATCHING_KEYS' })
  | (JWKSNoMatchingKey & { code: 'ERR_JWKS_NO_MATCHING_KEY' })
  | (JWKSTimeout & { code: 'ERR_JWKS_TIMEOUT' })
  | (JWSInvalid & { code: 'ERR_JWS_INVALID' })
  | (JWSSignatureVerificationFailed & { code: 'ERR_JWS_SIGNATURE_VERIFICATION_FAILED' })
  | (JWTClaimValidationFailed & { code: 'ERR_JWT_CLAIM_VALIDATION_FAILED' })
  | (JWTExpired & { code: 'ERR_JWT_EXPIRED' })
  | (JWTInvalid & { code: 'ERR_JWT_INVALID' });
