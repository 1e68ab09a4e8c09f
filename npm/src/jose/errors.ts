// The errors of jose: the same classes, codes, members and messages.

export class JOSEError extends Error {
  static code = 'ERR_JOSE_GENERIC';
  code = 'ERR_JOSE_GENERIC';
  constructor(message?: string, options?: { cause?: unknown }) {
    super(message, options);
    this.name = this.constructor.name;
    Error.captureStackTrace?.(this, this.constructor);
  }
}

/** What JWTClaimValidationFailed and JWTExpired share; they are siblings, as in jose. */
abstract class ClaimError extends JOSEError {
  claim: string;
  reason: string;
  payload: Record<string, unknown>;
  constructor(
    message: string,
    payload: Record<string, unknown>,
    claim = 'unspecified',
    reason = 'unspecified',
  ) {
    super(message, { cause: { claim, reason, payload } });
    this.claim = claim;
    this.reason = reason;
    this.payload = payload;
  }
}

export class JWTClaimValidationFailed extends ClaimError {
  static override code = 'ERR_JWT_CLAIM_VALIDATION_FAILED';
  override code = 'ERR_JWT_CLAIM_VALIDATION_FAILED';
}

export class JWTExpired extends ClaimError {
  static override code = 'ERR_JWT_EXPIRED';
  override code = 'ERR_JWT_EXPIRED';
}

export class JOSEAlgNotAllowed extends JOSEError {
  static override code = 'ERR_JOSE_ALG_NOT_ALLOWED';
  override code = 'ERR_JOSE_ALG_NOT_ALLOWED';
}

export class JOSENotSupported extends JOSEError {
  static override code = 'ERR_JOSE_NOT_SUPPORTED';
  override code = 'ERR_JOSE_NOT_SUPPORTED';
}

export class JWEDecryptionFailed extends JOSEError {
  static override code = 'ERR_JWE_DECRYPTION_FAILED';
  override code = 'ERR_JWE_DECRYPTION_FAILED';
  constructor(message = 'decryption operation failed', options?: { cause?: unknown }) {
    super(message, options);
  }
}

export class JWEInvalid extends JOSEError {
  static override code = 'ERR_JWE_INVALID';
  override code = 'ERR_JWE_INVALID';
}

export class JWSInvalid extends JOSEError {
  static override code = 'ERR_JWS_INVALID';
  override code = 'ERR_JWS_INVALID';
}

export class JWTInvalid extends JOSEError {
  static override code = 'ERR_JWT_INVALID';
  override code = 'ERR_JWT_INVALID';
}

export class JWKInvalid extends JOSEError {
  static override code = 'ERR_JWK_INVALID';
  override code = 'ERR_JWK_INVALID';
}

export class JWKSInvalid extends JOSEError {
  static override code = 'ERR_JWKS_INVALID';
  override code = 'ERR_JWKS_INVALID';
}

export class JWKSNoMatchingKey extends JOSEError {
  static override code = 'ERR_JWKS_NO_MATCHING_KEY';
  override code = 'ERR_JWKS_NO_MATCHING_KEY';
  constructor(
    message = 'no applicable key found in the JSON Web Key Set',
    options?: { cause?: unknown },
  ) {
    super(message, options);
  }
}

export class JWKSMultipleMatchingKeys extends JOSEError {
  static override code = 'ERR_JWKS_MULTIPLE_MATCHING_KEYS';
  override code = 'ERR_JWKS_MULTIPLE_MATCHING_KEYS';
  constructor(
    message = 'multiple matching keys found in the JSON Web Key Set',
    options?: { cause?: unknown },
  ) {
    super(message, options);
  }
}

export class JWKSTimeout extends JOSEError {
  static override code = 'ERR_JWKS_TIMEOUT';
  override code = 'ERR_JWKS_TIMEOUT';
  constructor(message = 'request timed out', options?: { cause?: unknown }) {
    super(message, options);
  }
}

export class JWSSignatureVerificationFailed extends JOSEError {
  static override code = 'ERR_JWS_SIGNATURE_VERIFICATION_FAILED';
  override code = 'ERR_JWS_SIGNATURE_VERIFICATION_FAILED';
  constructor(message = 'signature verification failed', options?: { cause?: unknown }) {
    super(message, options);
  }
}
