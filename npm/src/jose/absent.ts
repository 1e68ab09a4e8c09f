// What jose exports and latchkey does not do: importing it is no error, using it says so.

import { notOffered } from './algorithms';

function refuse(name: string): (...given: unknown[]) => Promise<never> {
  return () => Promise.reject(notOffered(name));
}

function refuseClass(name: string): new (...given: unknown[]) => never {
  return class {
    constructor() {
      throw notOffered(name);
    }
  } as new (...given: unknown[]) => never;
}

function refuseNow(name: string): (...given: unknown[]) => never {
  return () => {
    throw notOffered(name);
  };
}

export const CompactSign = refuseClass('CompactSign');
export const CompactEncrypt = refuseClass('CompactEncrypt');
export const FlattenedSign = refuseClass('FlattenedSign');
export const FlattenedEncrypt = refuseClass('FlattenedEncrypt');
export const GeneralSign = refuseClass('GeneralSign');
export const GeneralEncrypt = refuseClass('GeneralEncrypt');
export const compactVerify = refuse('compactVerify');
export const compactDecrypt = refuse('compactDecrypt');
export const flattenedVerify = refuse('flattenedVerify');
export const flattenedDecrypt = refuse('flattenedDecrypt');
export const generalVerify = refuse('generalVerify');
export const generalDecrypt = refuse('generalDecrypt');
export const calculateJwkThumbprint = refuse('calculateJwkThumbprint');
export const calculateJwkThumbprintUri = refuse('calculateJwkThumbprintUri');
export const EmbeddedJWK = refuse('EmbeddedJWK');
export const createLocalJWKSet = refuseNow('createLocalJWKSet');
export const createRemoteJWKSet = refuseNow('createRemoteJWKSet');
export const exportJWK = refuse('exportJWK');
export const exportPKCS8 = refuse('exportPKCS8');
export const exportSPKI = refuse('exportSPKI');
export const importJWK = refuse('importJWK');
export const importPKCS8 = refuse('importPKCS8');
export const importSPKI = refuse('importSPKI');
export const importX509 = refuse('importX509');
export const generateKeyPair = refuse('generateKeyPair');
export const generateSecret = refuse('generateSecret');
