// The setters of EncryptJWT; encrypt itself depends on the runtime.

import { ClaimsBuilder, claimsOf, setOnce } from './builder';
import { checkParameters, type SealingRequest } from './jwe';
import type { CompactJWEHeaderParameters, JWEKeyManagementHeaderParameters } from './types';

const requests = new WeakMap<EncryptBuilder, SealingRequest & { replicated: Set<string> }>();

function requestOf(builder: EncryptBuilder): SealingRequest & { replicated: Set<string> } {
  const known = requests.get(builder);
  if (known) return known;
  const made = {
    header: undefined,
    iv: undefined,
    contentKey: undefined,
    parameters: undefined,
    replicated: new Set<string>(),
  };
  requests.set(builder, made);
  return made;
}

/** What was asked for, with the claims that the header repeats. */
export function sealingRequest(builder: EncryptBuilder): SealingRequest {
  const request = requestOf(builder);
  if (!request.header || request.replicated.size === 0) return request;
  const claims = claimsOf(builder);
  const repeated = (claim: 'iss' | 'sub' | 'aud') =>
    request.replicated.has(claim) ? claims[claim] : undefined;
  const copies = { iss: repeated('iss'), sub: repeated('sub'), aud: repeated('aud') };
  return { ...request, header: { ...request.header, ...copies } };
}

export abstract class EncryptBuilder extends ClaimsBuilder {
  /** Sets the protected header; `alg` is "dir" and `enc` fits the key. */
  setProtectedHeader(protectedHeader: CompactJWEHeaderParameters): this {
    const request = requestOf(this);
    setOnce(request.header, 'setProtectedHeader');
    request.header = protectedHeader;
    return this;
  }

  /** Means nothing with "dir". */
  setKeyManagementParameters(parameters: JWEKeyManagementHeaderParameters): this {
    const request = requestOf(this);
    setOnce(request.parameters, 'setKeyManagementParameters');
    request.parameters = parameters;
    // jose refuses parameters that are none in encrypt() alone, and so does this. Who awaits the
    // builder, and takes that for the check, is told too.
    try {
      checkParameters(parameters);
    } catch (refusal) {
      const then = (_: unknown, refuse: (reason: unknown) => void): void => refuse(refusal);
      Object.defineProperty(this, 'then', { value: then });
    }
    return this;
  }

  /** Cannot be used with "dir", whose key is the content encryption key. */
  setContentEncryptionKey(cek: Uint8Array): this {
    const request = requestOf(this);
    setOnce(request.contentKey, 'setContentEncryptionKey');
    request.contentKey = cek;
    return this;
  }

  /** Sets the IV, for vectors. Two tokens with one key and one IV break AES-GCM. */
  setInitializationVector(iv: Uint8Array): this {
    const request = requestOf(this);
    setOnce(request.iv, 'setInitializationVector');
    request.iv = iv;
    return this;
  }

  /** Repeats `iss` in the header. */
  replicateIssuerAsHeader(): this {
    requestOf(this).replicated.add('iss');
    return this;
  }

  /** Repeats `sub` in the header. */
  replicateSubjectAsHeader(): this {
    requestOf(this).replicated.add('sub');
    return this;
  }

  /** Repeats `aud` in the header. */
  replicateAudienceAsHeader(): this {
    requestOf(this).replicated.add('aud');
    return this;
  }
}
