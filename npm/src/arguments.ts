import { makeError, type LatchkeyError } from './errors';
import { describeLossy, isLossless } from './iron-session/json';
import { isPlainObject } from './realm';

// What JavaScript lets anybody pass and TypeScript does not. Nothing is made to fit: `undefined`
// would become the text "undefined", and an object "[object Object]".

/** Names what a value is, for a message. Texts are not shown: they may be secrets. */
export function kindOf(value: unknown): string {
  if (value === null || value === undefined) return String(value);
  if (typeof value === 'number') return Number.isFinite(value) ? 'a number' : String(value);
  if (Array.isArray(value)) return 'an array';
  if (value === '') return 'empty text';
  return { string: 'text', object: 'an object' }[typeof value as string] ?? `a ${typeof value}`;
}

/** The programmer passed something of a wrong kind: the message names the argument. */
export function invalid(name: string, wanted: string, value: unknown): LatchkeyError {
  const message = `${name}: ${wanted} is expected, not ${kindOf(value)}`;
  return makeError('ERR_LATCHKEY_INVALID_ARGUMENT', message, 400);
}

/** A user's id as the store keeps it: text, or a number as its text. */
export function userIdText(userId: unknown, name = 'userId'): string {
  // A half of a pair of code units has no UTF-8, and two such ids would become one.
  if (typeof userId === 'string' && userId !== '' && !/\p{Surrogate}/u.test(userId)) return userId;
  if (typeof userId === 'bigint' || Number.isFinite(userId)) return String(userId);
  throw invalid(name, 'text, a finite number or a bigint', userId);
}

/** `value`, if it is text. */
export function textOf(value: unknown, name: string, wanted = 'text'): string {
  if (typeof value === 'string') return value;
  throw invalid(name, wanted, value);
}

/** Refuses what is no object with options. */
export function checkOptions(options: unknown, name = 'options'): void {
  if (typeof options === 'object' && options !== null && !Array.isArray(options)) return;
  throw invalid(name, 'an object', options);
}

/** True when the option is; left out it is `otherwise`. */
export function flagOf(value: unknown, name: string, otherwise = false): boolean {
  if (value === undefined) return otherwise;
  if (typeof value === 'boolean') return value;
  throw invalid(name, 'true or false', value);
}

/** A list of texts, copied. */
export function textsOf(list: unknown, name: string): string[] {
  if (Array.isArray(list) && list.every((one) => typeof one === 'string')) return [...list];
  throw invalid(name, 'a list of texts', list);
}

/**
 * Attributes as JSON. What would not come back as it is (a Date, a Map, NaN, a bigint, an object of a
 * class) is refused, with the name of the member. A member that is undefined is as good as left out.
 */
export function attributesText(attributes: unknown, name = 'attributes'): string {
  checkOptions(attributes, name);
  if (!isLossless(attributes)) throw lossy(name, describeLossy(attributes, name));
  return JSON.stringify(attributes);
}

/** Members to be replaced, as names and JSON texts; the text of one that is to go is empty. */
export function memberTexts(patch: unknown): [names: string[], values: string[]] {
  patchText(patch);
  const members = Object.entries(patch as object);
  const values = members.map(([, value]) => (value === null ? '' : JSON.stringify(value)));
  return [members.map(([name]) => name), values];
}

/** A change: undefined in it would change nothing, whatever was meant by it. */
export function patchText(patch: unknown): string {
  const text = attributesText(patch, 'patch');
  const unset = undefinedIn(patch as object, 'patch');
  if (unset === null) return text;
  const message = `${unset}: undefined is no change; null removes a member`;
  throw makeError('ERR_LATCHKEY_INVALID_ARGUMENT', message, 400);
}

function lossy(name: string, found: string): LatchkeyError {
  const message = `${name}: JSON keeps text, numbers, true, false, null, lists and plain objects${found}`;
  return makeError('ERR_LATCHKEY_INVALID_ARGUMENT', message, 400);
}

function undefinedIn(value: object, path: string): string | null {
  for (const [name, member] of Object.entries(value)) {
    if (member === undefined) return `${path}.${name}`;
    const inside = isPlainObject(member) ? undefinedIn(member, `${path}.${name}`) : null;
    if (inside !== null) return inside;
  }
  return null;
}
