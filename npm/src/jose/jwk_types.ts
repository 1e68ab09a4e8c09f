// The types of JSON Web Keys (RFC 7517), under jose's names. Only those of the kind `oct` can be
// used here; the others are for programs that hand them on.

import type { JWEContentEncryptionAlgorithm, JWEKeyManagementAlgorithm, JWSAlgorithm } from './types';

export type JWKKeyType = 'EC' | 'RSA' | 'OKP' | 'AKP' | 'oct' | (string & {});

// Aliases and no interfaces, so that they fit types with an index signature.
/** What keys of all kinds can have. */
export type JWKParameters = {
  kty?: JWKKeyType;
  alg?: JWSAlgorithm | JWEKeyManagementAlgorithm | JWEContentEncryptionAlgorithm;
  key_ops?: string[];
  ext?: boolean;
  use?: 'sig' | 'enc' | (string & {});
  x5c?: string[];
  x5t?: string;
  'x5t#S256'?: string;
  x5u?: string;
  kid?: string;
};

type Members<Name extends string> = { [Member in Name]: string };

export interface JWK_EC_Public extends JWKParameters, Members<'crv' | 'x' | 'y'> {}
export interface JWK_EC_Private extends JWK_EC_Public, Members<'d'> {}
export interface JWK_OKP_Public extends JWKParameters, Members<'crv' | 'x'> {}
export interface JWK_OKP_Private extends JWK_OKP_Public, Members<'d'> {}
export interface JWK_RSA_Public extends JWKParameters, Members<'e' | 'n'> {}
export interface JWK_RSA_Private
  extends JWK_RSA_Public, Members<'d' | 'dp' | 'dq' | 'p' | 'q' | 'qi'> {}
export interface JWK_AKP_Public extends JWKParameters {
  alg: string;
  pub: string;
}
export interface JWK_AKP_Private extends JWK_AKP_Public, Members<'priv'> {}
/** A secret: `k` is its bytes in base64url. */
export interface JWK_oct extends JWKParameters, Members<'k'> {}

/** A JSON Web Key; only those of the kind `oct` can be used here. */
export type JWK = JWKParameters &
  Partial<
    Members<
      | ('crv' | 'd' | 'dp' | 'dq' | 'e' | 'k' | 'n' | 'p' | 'q' | 'qi')
      | ('x' | 'y' | 'pub' | 'priv')
    >
  > & { oth?: Partial<Members<'d' | 'r' | 't'>>[] };

/** The kinds of keys, told apart by `kty`. */
export type AnyJWK =
  | ((JWK_EC_Public | JWK_EC_Private) & { kty: 'EC' })
  | ((JWK_RSA_Public | JWK_RSA_Private) & { kty: 'RSA' })
  | ((JWK_OKP_Public | JWK_OKP_Private) & { kty: 'OKP' })
  | ((JWK_AKP_Public | JWK_AKP_Private) & { kty: 'AKP' })
  | (JWK_oct & { kty: 'oct' });

export interface JSONWebKeySet {
  keys: JWK[];
}
