// What jose exports as base64url, without anything of Node.

import { decodeLoosely } from './loose_base64url';

const encoder = new TextEncoder();
const decoder = new TextDecoder();

/** Decodes base64url; throws a TypeError when that is not possible. */
export function decode(input: Uint8Array | string): Uint8Array<ArrayBuffer> {
  let cause: unknown;
  try {
    const decoded = decodeLoosely(typeof input === 'string' ? input : decoder.decode(input));
    if (decoded) return decoded.bytes;
  } catch (error) {
    cause = error; // the decoder's, of what is no bytes
  }
  throw new TypeError('The input to be decoded is not correctly encoded.', { cause });
}

/** Encodes bytes, or text as UTF-8, without padding. */
export function encode(input: Uint8Array | string): string {
  const bytes = typeof input === 'string' ? encoder.encode(input) : input;
  let binary = '';
  for (let i = 0; i < bytes.length; i += 4096) {
    binary += String.fromCharCode(...bytes.subarray(i, i + 4096));
  }
  return btoa(binary).replaceAll('=', '').replaceAll('+', '-').replaceAll('/', '_');
}
