// Protected headers: reading, writing, and the rules of `crit`.

import { decodeLoosely } from './base64url';
import { isPlainObject } from '../realm';
import { JOSENotSupported, JWSInvalid } from './errors';

const strict = new TextDecoder('utf-8', { fatal: true });

export type Header = Record<string, unknown>;
export type ErrorClass = new (message: string, options?: { cause?: unknown }) => Error;

export interface ParsedHeader {
  header: Header;
  /** Whether it was encoded the one way that is accepted from an authentic token. */
  canonical: boolean;
}

export function parseHeader(encoded: string, Wrong: ErrorClass, message: string): ParsedHeader {
  const decoded = decodeLoosely(encoded);
  let header: unknown;
  try {
    header = decoded && JSON.parse(strict.decode(decoded.bytes));
  } catch (cause) {
    throw new Wrong(message, { cause });
  }
  if (!decoded || !isPlainObject(header)) throw new Wrong(message);
  return { header, canonical: decoded.canonical };
}

/** Writes a header as JSON and reads it back, so that what is checked is what is sent. */
export function writeHeader(header: unknown, Wrong: ErrorClass): [Header, string] {
  let text: string;
  let read: unknown;
  try {
    text = JSON.stringify(header);
    read = JSON.parse(text);
  } catch (cause) {
    throw new Wrong('JOSE Header is not valid JSON', { cause });
  }
  if (!isPlainObject(read)) throw new Wrong('JOSE Header is not a JSON object');
  return [read, text];
}

export function refuseRepeatedCrit(header: Header, Wrong: ErrorClass): void {
  const { crit } = header;
  if (Array.isArray(crit) && new Set(crit).size !== crit.length) {
    throw new Wrong('"crit" (Critical) Header Parameter MUST NOT contain duplicate values');
  }
}

/** Checks `crit`, in which only the names in `known` and `builtin` may stand; returns its names. */
export function checkCrit(
  header: Header,
  known: Record<string, boolean> | undefined,
  builtin: readonly string[],
  Wrong: ErrorClass,
): string[] {
  const { crit } = header;
  if (crit === undefined) return [];
  const isName = (name: unknown) => typeof name === 'string' && name !== '';
  if (!Array.isArray(crit) || crit.length === 0 || !crit.every(isName)) {
    throw new Wrong(
      '"crit" (Critical) Header Parameter MUST be an array of non-empty strings when present',
    );
  }
  for (const name of crit as string[]) {
    const quoted = `Extension Header Parameter "${name}"`;
    if (!builtin.includes(name) && !(known && Object.hasOwn(known, name))) {
      throw new JOSENotSupported(`${quoted} is not recognized`);
    }
    if (!Object.hasOwn(header, name)) throw new Wrong(`${quoted} is missing`);
  }
  return crit as string[];
}

/** Whether the payload is encoded, as that of a JWT must be. */
export function readB64(header: Header, crit: string[]): boolean {
  if (!crit.includes('b64')) return true;
  if (typeof header['b64'] === 'boolean') return header['b64'];
  throw new JWSInvalid('The "b64" (base64url-encode payload) Header Parameter must be a boolean');
}

/** Checks an option that lists algorithms. */
export function allowList(name: string, list: unknown): string[] | undefined {
  if (list === undefined) return undefined;
  if (Array.isArray(list) && list.every((item) => typeof item === 'string')) return list;
  throw new TypeError(`"${name}" option must be an array of strings`);
}
