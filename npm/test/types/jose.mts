// Programs written for jose 6, with the import replaced: every type it names and this package has,
// unions of keys and resolvers, what a resolver returned, and the sub-paths.
import { createSecretKey, type KeyObject as NodeKey } from 'node:crypto';
import * as jose from 'latchkey/jose';
import { decode, encode } from 'latchkey/jose/base64url';
import { decodeProtectedHeader } from 'latchkey/jose/decode/protected_header';
import { JWTExpired, type AnyJOSEError, type JOSEErrorCode } from 'latchkey/jose/errors';
import { decodeJwt } from 'latchkey/jose/jwt/decode';
import { jwtDecrypt, type JWTDecryptGetKey } from 'latchkey/jose/jwt/decrypt';
import { EncryptJWT } from 'latchkey/jose/jwt/encrypt';
import { SignJWT } from 'latchkey/jose/jwt/sign';
import { UnsecuredJWT } from 'latchkey/jose/jwt/unsecured';
import { jwtVerify, type JWTVerifyGetKey, type JWTVerifyOptions } from 'latchkey/jose/jwt/verify';

export interface Names {
  keys: [
    ...[jose.CryptoKey, jose.KeyObject, jose.KeyInput, jose.JWK, jose.AnyJWK, jose.JWKKeyType],
    ...[jose.JWKParameters, jose.JSONWebKeySet, jose.JWK_oct, jose.JWK_EC_Public],
    ...[jose.JWK_EC_Private, jose.JWK_OKP_Public, jose.JWK_OKP_Private, jose.JWK_RSA_Public],
    ...[jose.JWK_RSA_Private, jose.JWK_AKP_Public, jose.JWK_AKP_Private],
  ];
  algorithms: [
    ...[jose.JWSAlgorithm, jose.JWEKeyManagementAlgorithm, jose.JWEContentEncryptionAlgorithm],
  ];
  headers: [
    ...[jose.JoseHeaderParameters, jose.JWSHeaderParameters, jose.JWEHeaderParameters],
    ...[jose.CompactJWSHeaderParameters, jose.CompactJWEHeaderParameters],
    ...[jose.JWTHeaderParameters, jose.ProtectedHeaderParameters],
    jose.JWEKeyManagementHeaderParameters,
  ];
  options: [
    ...[jose.CritOption, jose.SignOptions, jose.VerifyOptions, jose.EncryptOptions],
    ...[jose.DecryptOptions, jose.JWTVerifyOptions, jose.JWTDecryptOptions],
    jose.JWTClaimVerificationOptions,
  ];
  tokens: [
    ...[jose.FlattenedJWS, jose.FlattenedJWSInput, jose.GeneralJWS, jose.GeneralJWSInput],
    ...[jose.FlattenedJWE, jose.GeneralJWE, jose.JWTPayload, jose.ProduceJWT],
  ];
  results: [
    ...[jose.CompactVerifyResult, jose.FlattenedVerifyResult, jose.GeneralVerifyResult],
    ...[jose.CompactDecryptResult, jose.FlattenedDecryptResult, jose.GeneralDecryptResult],
    ...[jose.JWTVerifyResult, jose.JWTDecryptResult, jose.UnsecuredResult, jose.ResolvedKey],
  ];
  getters: [
    ...[jose.JWTVerifyGetKey, jose.JWTDecryptGetKey],
    jose.GetKeyFunction<jose.JWTHeaderParameters, jose.FlattenedJWSInput>,
  ];
  errors: [
    ...[jose.errors.JOSEErrorCode, jose.errors.AnyJOSEError, jose.errors.JWTClaimValidationError],
    ...[jose.errors.JWTClaimValidationFailure, jose.errors.JWTClaimValidationReason],
  ];
}

const secret = new TextEncoder().encode('0123456789abcdef0123456789abcdef');
const nodeKey: NodeKey = createSecretKey(secret);
declare const key: Uint8Array | JWTVerifyGetKey;
declare const decryptKey: jose.KeyInput | JWTDecryptGetKey;

export async function unions(jwt: string, options: JWTVerifyOptions): Promise<void> {
  const verified = await jwtVerify(jwt, key, options);
  const found: jose.CryptoKey | Uint8Array | undefined = verified.key;
  const opened = await jwtDecrypt(jwt, decryptKey);
  console.log(found, opened.key, opened.payload.sub, opened.protectedHeader.enc);
  const plain = await jwtVerify(jwt, nodeKey);
  // @ts-expect-error: a key that was given is not told again
  console.log(plain.key);
  // @ts-expect-error: there need not have been a resolver
  console.log(verified.key.length);
}

export async function resolved(jwt: string, cryptoKey: jose.CryptoKey): Promise<void> {
  const bytes: Uint8Array = (await jwtVerify(jwt, () => secret)).key;
  const made: jose.CryptoKey = (await jwtVerify(jwt, async () => cryptoKey)).key;
  const either: jose.CryptoKey | Uint8Array | undefined = (
    await jwtVerify(jwt, (header) => (header.kid === 'a' ? secret : { kty: 'oct', k: 'YQ' }))
  ).key;
  const opened: Uint8Array = (await jwtDecrypt(jwt, async ({ enc }, { iv }) => sized(enc, iv))).key;
  console.log(bytes, made, either, opened);
}
declare function sized(enc: string, iv: string | undefined): Uint8Array;

interface Claims {
  userId: string;
}
export async function claims(jwt: string): Promise<Claims & jose.JWTPayload> {
  const { payload } = await jwtVerify<Claims>(jwt, secret);
  const unsecured = UnsecuredJWT.decode<Claims>(jwt);
  console.log(unsecured.header.alg, decodeJwt<Claims>(jwt).userId, decodeProtectedHeader(jwt).enc);
  return payload;
}

export async function make(parameters: jose.JWEKeyManagementHeaderParameters): Promise<string[]> {
  const builders: jose.ProduceJWT[] = [new SignJWT(), new EncryptJWT({ a: 1 }), new UnsecuredJWT()];
  for (const builder of builders) builder.setIssuer('a').setExpirationTime(new Date(0));
  const header: jose.JWTHeaderParameters = { alg: 'HS256', typ: 'JWT' };
  const sealed = new EncryptJWT({})
    .setProtectedHeader({ alg: 'dir', enc: 'A256GCM' })
    .setKeyManagementParameters(parameters);
  const jwk: jose.JWK_oct = { kty: 'oct', k: encode(secret) };
  return [
    await new SignJWT({}).setProtectedHeader(header).sign(jwk),
    await sealed.encrypt(decode(jwk.k)),
  ];
}

export function codeOf(error: unknown): JOSEErrorCode | undefined {
  if (error instanceof JWTExpired) return known(error.cause.claim);
  if (!(error instanceof jose.errors.JOSEError)) return undefined;
  const any = error as AnyJOSEError;
  switch (any.code) {
    case 'ERR_JWT_CLAIM_VALIDATION_FAILED':
      return known(any.claim);
    case 'ERR_JWKS_MULTIPLE_MATCHING_KEYS':
      void any[Symbol.asyncIterator]().next();
      return any.code;
    default:
      return any.code;
  }
}
declare function known(claim: string): JOSEErrorCode;

// @ts-expect-error: parameters are an object
new EncryptJWT({}).setKeyManagementParameters(1);
// @ts-expect-error: a key is no text
void jwtVerify('', (): string => 'secret');
