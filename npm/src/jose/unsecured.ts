// Tokens that nothing protects, and looking into tokens without verifying them.

import { decodeLoosely, encode } from './base64url';
import { ClaimsBuilder, claimsText } from './builder';
import { checkClaims, parseClaims } from './claims';
import { JWSInvalid, JWTInvalid } from './errors';
import { isPlainObject } from '../realm';
import { checkCrit, parseHeader, readB64, type Header } from './header';
import type {
  JWTClaimVerificationOptions,
  JWTPayload,
  ProtectedHeaderParameters,
  UnsecuredResult,
} from './types';

const strict = new TextDecoder('utf-8', { fatal: true });
const INVALID = 'Invalid Unsecured JWT';

function unsecuredHeader(encoded: string): [Header, boolean] {
  try {
    const { header } = parseHeader(encoded, JWSInvalid, 'JWS Protected Header is invalid');
    return [header, readB64(header, checkCrit(header, undefined, ['b64'], JWSInvalid))];
  } catch (cause) {
    throw cause instanceof JWSInvalid ? new JWTInvalid(INVALID, { cause }) : cause;
  }
}

/** A JWT with `alg` "none". Anybody can make one: never let it decide anything. */
export class UnsecuredJWT extends ClaimsBuilder {
  /** Returns the token. */
  encode(): string {
    return `${encode('{"alg":"none"}')}.${encode(claimsText(this))}.`;
  }

  /** Reads a token and checks its claims; that proves nothing about where it came from. */
  static decode<Claims = JWTPayload>(
    jwt: string,
    options?: JWTClaimVerificationOptions,
  ): UnsecuredResult<Claims> {
    if (typeof jwt !== 'string') throw new JWTInvalid('Unsecured JWT must be a string');
    const [encodedHeader, payload, signature, ...rest] = jwt.split('.');
    if (encodedHeader === undefined || payload === undefined || signature !== '' || rest.length) {
      throw new JWTInvalid(INVALID);
    }
    const [header, b64] = unsecuredHeader(encodedHeader);
    if (header['alg'] !== 'none') throw new JWTInvalid(INVALID);
    if (!b64) throw new JWTInvalid('JWTs MUST NOT use unencoded payload');
    const bytes = decodeLoosely(payload)?.bytes;
    if (!bytes) throw new JWTInvalid('Failed to base64url decode the payload');
    const claims = checkClaims(parseClaims(bytes), header, options);
    return { payload: claims as Claims & JWTPayload, header };
  }
}

/** Returns the claims of a signed JWT without verifying anything. */
export function decodeJwt<Claims = JWTPayload>(jwt: string): Claims & JWTPayload {
  if (typeof jwt !== 'string') {
    throw new JWTInvalid('JWTs must use Compact JWS serialization, JWT must be a string');
  }
  const parts = jwt.split('.');
  if (parts.length === 5) {
    throw new JWTInvalid('Only JWTs using Compact JWS serialization can be decoded');
  }
  if (parts.length !== 3) throw new JWTInvalid('Invalid JWT');
  if (!parts[1]) throw new JWTInvalid('JWTs must contain a payload');
  const bytes = decodeLoosely(parts[1])?.bytes;
  if (!bytes) throw new JWTInvalid('Failed to base64url decode the payload');
  let claims: unknown;
  try {
    claims = JSON.parse(strict.decode(bytes));
  } catch (cause) {
    throw new JWTInvalid('Failed to parse the decoded payload as JSON', { cause });
  }
  if (!isPlainObject(claims)) throw new JWTInvalid('Invalid JWT Claims Set');
  return claims as Claims & JWTPayload;
}

function encodedHeaderOf(token: string | object): unknown {
  if (typeof token === 'string') {
    const parts = token.split('.');
    return parts.length === 3 || parts.length === 5 ? parts[0] : undefined;
  }
  if (typeof token !== 'object' || token === null) return undefined;
  if (!('protected' in token)) throw new TypeError('Token does not contain a Protected Header');
  return token.protected;
}

/** Returns the protected header of a JWS or JWE without verifying anything. */
export function decodeProtectedHeader(token: string | object): ProtectedHeaderParameters {
  const invalid = 'Invalid Token or Protected Header formatting';
  const encoded = encodedHeaderOf(token);
  if (typeof encoded !== 'string' || encoded === '') throw new TypeError(invalid);
  return parseHeader(encoded, TypeError, invalid).header;
}
