// base64url as jose reads it, without anything of Node.

const DENSE = /^[A-Za-z0-9_-]*$/;
const BLANKS = /[\t\n\f\r ]+/g;
// Bits of the last character that stand for nothing, by length modulo 4.
const UNUSED_BITS = [0, 0, 15, 3];
const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';

export interface Decoded {
  bytes: Uint8Array<ArrayBuffer>;
  /** Whether the text is the one form that an encoder writes. */
  canonical: boolean;
}

/** Reads text as leniently as jose does: blanks, padding and unused bits do not matter. */
export function decodeLoosely(text: string): Decoded | undefined {
  let dense = text.replace(BLANKS, '');
  if (dense.length % 4 === 0) dense = dense.replace(/={1,2}$/, '');
  if (dense.length % 4 === 1 || !DENSE.test(dense)) return undefined;
  const binary = atob(dense.replaceAll('-', '+').replaceAll('_', '/'));
  const bytes = new Uint8Array(binary.length);
  for (let i = 0; i < binary.length; i++) bytes[i] = binary.charCodeAt(i);
  const unused = UNUSED_BITS[dense.length % 4] as number;
  const last = ALPHABET.indexOf(dense.charAt(dense.length - 1));
  return { bytes, canonical: dense === text && (last & unused) === 0 };
}
