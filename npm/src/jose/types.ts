// The types of jose that the functions here take and give, under jose's names.

import type { KeyObject } from 'node:crypto';

export interface JWTPayload {
  iss?: string;
  sub?: string;
  aud?: string | string[];
  jti?: string;
  nbf?: number;
  exp?: number;
  iat?: number;
  [claim: string]: unknown;
}

export interface JoseHeaderParameters {
  kid?: string;
  x5t?: string;
  x5c?: string[];
  x5u?: string;
  jku?: string;
  jwk?: JWK;
  typ?: string;
  cty?: string;
}
export interface JWSHeaderParameters extends JoseHeaderParameters {
  alg?: string;
  b64?: boolean;
  crit?: string[];
  [parameter: string]: unknown;
}
export interface JWTHeaderParameters extends JWSHeaderParameters {
  alg: string;
  b64?: true;
}
export interface CompactJWEHeaderParameters extends JoseHeaderParameters {
  alg: string;
  enc: string;
  crit?: string[];
  zip?: string;
  [parameter: string]: unknown;
}
export type ProtectedHeaderParameters = JWSHeaderParameters & { enc?: string };

/** A JSON Web Key; only those of the kind `oct` can be used here. */
export interface JWK {
  kty?: string;
  k?: string;
  alg?: string;
  use?: string;
  key_ops?: string[];
  ext?: boolean;
  kid?: string;
  [parameter: string]: unknown;
}

/** The bytes of a secret, or an object that holds it. */
export type Secret = Uint8Array | KeyObject | CryptoKey | JWK;

export interface VerifyOptions {
  /** The values of `alg` that are accepted; without it all that a secret fits. */
  algorithms?: string[];
  crit?: Record<string, boolean>;
}
export interface DecryptOptions {
  keyManagementAlgorithms?: string[];
  contentEncryptionAlgorithms?: string[];
  crit?: Record<string, boolean>;
  maxPBES2Count?: number;
  maxDecompressedLength?: number;
}
export interface JWTClaimVerificationOptions {
  audience?: string | string[];
  clockTolerance?: string | number;
  issuer?: string | string[];
  maxTokenAge?: string | number;
  subject?: string;
  typ?: string;
  currentDate?: Date;
  requiredClaims?: string[];
}
export interface JWTVerifyOptions extends VerifyOptions, JWTClaimVerificationOptions {}
export interface JWTDecryptOptions extends DecryptOptions, JWTClaimVerificationOptions {}

export interface SignOptions {
  crit?: Record<string, boolean>;
}
export type EncryptOptions = SignOptions;

export interface JWTVerifyResult<Claims = JWTPayload> {
  payload: Claims & JWTPayload;
  protectedHeader: JWTHeaderParameters;
}
export interface JWTDecryptResult<Claims = JWTPayload> {
  payload: Claims & JWTPayload;
  protectedHeader: CompactJWEHeaderParameters;
}
export interface UnsecuredResult<Claims = JWTPayload> {
  payload: Claims & JWTPayload;
  header: JWSHeaderParameters;
}
export interface ResolvedKey {
  key: Secret;
}

/** Finds the key of a token; what it knows of the token is not yet verified. */
export type JWTVerifyGetKey = (
  protectedHeader: JWTHeaderParameters,
  token: { payload: string; protected: string; signature: string },
) => Secret | Promise<Secret>;
export type JWTDecryptGetKey = (
  protectedHeader: CompactJWEHeaderParameters,
  token: {
    protected: string;
    encrypted_key: string | undefined;
    ciphertext: string;
    iv: string | undefined;
    tag: string | undefined;
  },
) => Secret | Promise<Secret>;
