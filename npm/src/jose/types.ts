// The types of jose for what the functions here take and give, under jose's names.

import type { JWK } from './jwk_types';

export type {
  AnyJWK,
  JSONWebKeySet,
  JWK,
  JWKKeyType,
  JWKParameters,
  JWK_AKP_Private,
  JWK_AKP_Public,
  JWK_EC_Private,
  JWK_EC_Public,
  JWK_OKP_Private,
  JWK_OKP_Public,
  JWK_RSA_Private,
  JWK_RSA_Public,
  JWK_oct,
} from './jwk_types';

// Text of any kind, where editors propose these words.
type Words<Known extends string> = Known | (string & {});

/** Of these HS256, HS384 and HS512 are offered. */
export type JWSAlgorithm = Words<
  | `${'HS' | 'RS' | 'PS' | 'ES'}${'256' | '384' | '512'}`
  | ('EdDSA' | 'Ed25519' | 'ML-DSA-44' | 'ML-DSA-65' | 'ML-DSA-87')
>;
/** Of these `dir` is offered. */
export type JWEKeyManagementAlgorithm = Words<
  | ('dir' | 'ECDH-ES')
  | `${'' | 'ECDH-ES+'}A${'128' | '192' | '256'}KW`
  | `A${'128' | '192' | '256'}GCMKW`
  | `RSA-OAEP${'' | '-256' | '-384' | '-512'}`
  | `PBES2-${'HS256+A128KW' | 'HS384+A192KW' | 'HS512+A256KW'}`
>;
export type JWEContentEncryptionAlgorithm = Words<
  `A${'128' | '192' | '256'}GCM` | 'A128CBC-HS256' | 'A192CBC-HS384' | 'A256CBC-HS512'
>;

interface AnyCryptoKey {
  readonly algorithm: { name: string };
  readonly extractable: boolean;
  readonly type: string;
  readonly usages: string[];
}
/** The CryptoKey of the runtime. */
export type CryptoKey = typeof globalThis extends {
  crypto: { subtle: { generateKey(...given: any[]): Promise<infer Made> } };
}
  ? Extract<Made, { type: string }>
  : AnyCryptoKey;
/** The KeyObject of Node.js. */
export interface KeyObject {
  type: string;
}
/** The bytes of a secret, or an object that holds it. */
export type KeyInput = CryptoKey | KeyObject | JWK | Uint8Array;
export type Secret = KeyInput;

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
  jwk?: Omit<JWK, 'd' | 'dp' | 'dq' | 'k' | 'p' | 'q' | 'qi' | 'priv' | 'oth'>;
  typ?: string;
  cty?: string;
}
export interface JWSHeaderParameters extends JoseHeaderParameters {
  alg?: JWSAlgorithm;
  b64?: boolean;
  crit?: string[];
  [parameter: string]: unknown;
}
export interface CompactJWSHeaderParameters extends JWSHeaderParameters {
  alg: JWSAlgorithm;
}
export interface JWTHeaderParameters extends CompactJWSHeaderParameters {
  b64?: boolean;
}
export interface JWEHeaderParameters extends JoseHeaderParameters {
  alg?: JWEKeyManagementAlgorithm;
  enc?: JWEContentEncryptionAlgorithm;
  crit?: string[];
  zip?: Words<'DEF'>;
  [parameter: string]: unknown;
}
export interface CompactJWEHeaderParameters extends JWEHeaderParameters {
  alg: JWEKeyManagementAlgorithm;
  enc: JWEContentEncryptionAlgorithm;
}
export type ProtectedHeaderParameters = JWSHeaderParameters & JWEHeaderParameters;

/** Nothing of it is used with `dir`. */
export interface JWEKeyManagementHeaderParameters {
  apu?: Uint8Array;
  apv?: Uint8Array;
  p2c?: number;
  p2s?: Uint8Array;
  iv?: Uint8Array;
  epk?: CryptoKey | KeyObject;
}

export interface CritOption {
  /** The extensions that the program understands; true: the header that names them is protected. */
  crit?: { [name: string]: boolean };
}
export interface VerifyOptions extends CritOption {
  /** The values of `alg` that are accepted; without it all that a secret fits. */
  algorithms?: JWSAlgorithm[];
}
export interface DecryptOptions extends CritOption {
  keyManagementAlgorithms?: JWEKeyManagementAlgorithm[];
  contentEncryptionAlgorithms?: JWEContentEncryptionAlgorithm[];
  maxPBES2Count?: number;
  /** Bytes that a compressed token may have when it is inflated; 250000 unless said otherwise. */
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
export interface SignOptions extends CritOption {}
export interface EncryptOptions extends CritOption {}

/** Claims that a program names; they have to be those of an object. */
export type ClaimsOf<Claims> = Claims &
  JWTPayload &
  ([Claims] extends [object] ? unknown : unknown extends Claims ? unknown : never);

export interface JWTVerifyResult<Claims = JWTPayload> {
  payload: ClaimsOf<Claims>;
  protectedHeader: JWTHeaderParameters;
}
export interface JWTDecryptResult<Claims = JWTPayload> {
  payload: ClaimsOf<Claims>;
  protectedHeader: CompactJWEHeaderParameters;
}
export interface UnsecuredResult<Claims = JWTPayload> {
  payload: ClaimsOf<Claims>;
  header: JWSHeaderParameters;
}
/** What a getter found; a JWK or a KeyObject has become bytes. */
export interface ResolvedKey<Key extends CryptoKey | Uint8Array = CryptoKey | Uint8Array> {
  key: Key;
}

/** The parts of a signed token. */
export interface FlattenedJWSInput {
  header?: JWSHeaderParameters;
  payload: string | Uint8Array;
  protected?: string;
  signature: string;
}
export interface FlattenedJWS extends Partial<FlattenedJWSInput> {
  payload: string;
  signature: string;
}
export interface GeneralJWSInput {
  payload: string | Uint8Array;
  signatures: Omit<FlattenedJWSInput, 'payload'>[];
}
export interface GeneralJWS {
  payload: string;
  signatures: Omit<FlattenedJWSInput, 'payload'>[];
}
/** The parts of an encrypted token. */
export interface FlattenedJWE {
  aad?: string;
  ciphertext: string;
  encrypted_key?: string;
  header?: JWEHeaderParameters;
  iv?: string;
  protected?: string;
  tag?: string;
  unprotected?: JWEHeaderParameters;
}
export interface GeneralJWE extends Omit<FlattenedJWE, 'encrypted_key' | 'header'> {
  recipients: Pick<FlattenedJWE, 'encrypted_key' | 'header'>[];
}
export interface FlattenedVerifyResult {
  payload: Uint8Array;
  protectedHeader?: JWSHeaderParameters;
  unprotectedHeader?: JWSHeaderParameters;
}
export interface GeneralVerifyResult extends FlattenedVerifyResult {}
export interface CompactVerifyResult {
  payload: Uint8Array;
  protectedHeader: CompactJWSHeaderParameters;
}
export interface FlattenedDecryptResult {
  additionalAuthenticatedData?: Uint8Array;
  plaintext: Uint8Array;
  protectedHeader?: JWEHeaderParameters;
  sharedUnprotectedHeader?: JWEHeaderParameters;
  unprotectedHeader?: JWEHeaderParameters;
}
export interface GeneralDecryptResult extends FlattenedDecryptResult {}
export interface CompactDecryptResult {
  plaintext: Uint8Array;
  protectedHeader: CompactJWEHeaderParameters;
}

/** Finds the key of a token; what it knows of the token is not yet verified. */
export interface GetKeyFunction<Header, Token, Key extends KeyInput = KeyInput> {
  (protectedHeader: Header, token: Token): Promise<Key> | Key;
}
export interface JWTVerifyGetKey<Key extends CryptoKey | Uint8Array = CryptoKey | Uint8Array>
  extends GetKeyFunction<CompactJWSHeaderParameters, FlattenedJWSInput, Key | KeyObject | JWK> {}
export interface JWTDecryptGetKey<Key extends CryptoKey | Uint8Array = CryptoKey | Uint8Array>
  extends GetKeyFunction<CompactJWEHeaderParameters, FlattenedJWE, Key | KeyObject | JWK> {}

/** What SignJWT, EncryptJWT and UnsecuredJWT share. */
export interface ProduceJWT {
  setIssuer(issuer: string): this;
  setSubject(subject: string): this;
  setAudience(audience: string | string[]): this;
  setJti(jwtId: string): this;
  setNotBefore(input: number | string | Date): this;
  setExpirationTime(input: number | string | Date): this;
  setIssuedAt(input?: number | string | Date): this;
}

