// latchkey/jose where there is no Node: the same API over WebCrypto.

import { encode } from '../jose/base64url';
import { decodeLoosely } from '../jose/loose_base64url';
import { ClaimsBuilder, claimsText, setOnce } from '../jose/builder';
import { EncryptBuilder, sealingRequest } from '../jose/encrypt_builder';
import { finishJwe, prepareOpening, prepareSealing, readJwe, type Jwe } from '../jose/jwe';
import { finishJws, prepareMac, prepareSigning, readJws, type Jws } from '../jose/jws';
import type { PreparedKey } from '../jose/keys';
import { decryptContent, encryptContent, hmac, inflate, isHmac } from '../jose/web_crypto';
import type {
  EncryptOptions,
  JWTDecryptGetKey,
  JWTDecryptOptions,
  JWTDecryptResult,
  JWTHeaderParameters,
  JWTPayload,
  JWTVerifyGetKey,
  JWTVerifyOptions,
  JWTVerifyResult,
  KeyInput,
  ResolvedKey,
  SignOptions,
} from '../jose/types';

export * from '../jose/exports';

/** Which implementation this is. */
export const cryptoRuntime = 'WebCryptoAPI';

async function verifyRead<Claims>(
  jws: Jws,
  key: unknown,
  options: JWTVerifyOptions | undefined,
): Promise<[JWTVerifyResult<Claims>, PreparedKey]> {
  const check = prepareMac(jws, key);
  const input = `${jws.encodedHeader}.${jws.payload}`;
  const authentic = (await isHmac(check.bits, check.key, input, check.mac)) && check.canonical;
  const payload = () => {
    const decoded = decodeLoosely(jws.payload);
    return decoded?.canonical ? decoded.bytes : undefined;
  };
  return [finishJws<Claims>(jws, authentic, payload, options), check.key];
}

/** Needs Node: WebCrypto gives promises only. */
export function verifySync(): never {
  const message = 'latchkey/jose: verifySync needs Node.js; in this runtime use jwtVerify';
  throw Object.assign(new Error(message), { code: 'ERR_LATCHKEY_NEEDS_NODE' });
}

/** Verifies a signed JWT and its claims. */
export async function jwtVerify<Claims = JWTPayload>(
  jwt: string | Uint8Array,
  key: KeyInput | JWTVerifyGetKey,
  options?: JWTVerifyOptions,
): Promise<JWTVerifyResult<Claims> & Partial<ResolvedKey>> {
  const jws = readJws(jwt, options);
  if (typeof key !== 'function') return (await verifyRead<Claims>(jws, key, options))[0];
  const { payload, encodedHeader, signature } = jws;
  const parts = { payload, protected: encodedHeader, signature };
  const found = await key(jws.header as JWTHeaderParameters, parts);
  const [result, prepared] = await verifyRead<Claims>(jws, found, options);
  return { ...result, key: prepared };
}

/** Builds and signs a JWT. */
export class SignJWT extends ClaimsBuilder {
  #header: JWTHeaderParameters | undefined;

  /** Sets the protected header; `alg` is HS256, HS384 or HS512. */
  setProtectedHeader(protectedHeader: JWTHeaderParameters): this {
    setOnce(this.#header, 'setProtectedHeader');
    this.#header = protectedHeader;
    return this;
  }

  /** Needs Node: WebCrypto gives promises only. */
  signSync(): never {
    const message = 'latchkey/jose: signSync needs Node.js; in this runtime use sign';
    throw Object.assign(new Error(message), { code: 'ERR_LATCHKEY_NEEDS_NODE' });
  }

  /** Signs. */
  async sign(key: KeyInput, options?: SignOptions): Promise<string> {
    const payload = claimsText(this);
    const { header, bits, key: secret } = prepareSigning(this.#header, key, options);
    const input = `${encode(header)}.${encode(payload)}`;
    return `${input}.${encode(await hmac(bits, secret, input))}`;
  }
}

async function decryptRead<Claims>(
  jwe: Jwe,
  key: unknown,
  options: JWTDecryptOptions | undefined,
): Promise<[JWTDecryptResult<Claims>, PreparedKey]> {
  const secret = prepareOpening(jwe, key);
  let plaintext = await decryptContent(jwe, secret);
  if (jwe.inflated !== undefined) plaintext = await inflate(plaintext, jwe.inflated);
  return [finishJwe<Claims>(jwe, plaintext, options), secret];
}

/** Decrypts a JWT and checks its claims. */
export async function jwtDecrypt<Claims = JWTPayload>(
  jwt: string | Uint8Array,
  key: KeyInput | JWTDecryptGetKey,
  options?: JWTDecryptOptions,
): Promise<JWTDecryptResult<Claims> & Partial<ResolvedKey>> {
  const jwe = readJwe(jwt, options);
  if (typeof key !== 'function') return (await decryptRead<Claims>(jwe, key, options))[0];
  const header = jwe.header as Parameters<JWTDecryptGetKey>[0];
  const found = await key(header, jwe.texts);
  const [result, prepared] = await decryptRead<Claims>(jwe, found, options);
  return { ...result, key: prepared };
}

/** Builds and encrypts a JWT. */
export class EncryptJWT extends EncryptBuilder {
  /** Encrypts. */
  async encrypt(key: KeyInput, options?: EncryptOptions): Promise<string> {
    const plaintext = claimsText(this);
    return encryptContent(prepareSealing(sealingRequest(this), key, options, encode), plaintext);
  }
}
