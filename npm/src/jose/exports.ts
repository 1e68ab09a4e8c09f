// What both entries of latchkey/jose export: everything that does not depend on the runtime.

export * as base64url from './base64url';
export * as errors from './errors';
export { UnsecuredJWT, decodeJwt, decodeProtectedHeader } from './unsecured';
export * from './absent';
export type {
  CompactJWEHeaderParameters,
  DecryptOptions,
  EncryptOptions,
  JoseHeaderParameters,
  JWK,
  JWSHeaderParameters,
  JWTClaimVerificationOptions,
  JWTDecryptGetKey,
  JWTDecryptOptions,
  JWTDecryptResult,
  JWTHeaderParameters,
  JWTPayload,
  JWTVerifyGetKey,
  JWTVerifyOptions,
  JWTVerifyResult,
  ProtectedHeaderParameters,
  ResolvedKey,
  Secret,
  SignOptions,
  UnsecuredResult,
  VerifyOptions,
} from './types';
