import { makeError, type LatchkeyError } from './errors';

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

/** Attributes as JSON. What JSON would drop or turn into null is refused. */
export function attributesText(attributes: unknown, name = 'attributes'): string {
  checkOptions(attributes, name);
  return JSON.stringify(attributes, (key, value: unknown) => {
    const lost =
      typeof value === 'number'
        ? !Number.isFinite(value)
        : ['bigint', 'function', 'symbol'].includes(typeof value);
    if (lost) throw invalid(`${name}: ${JSON.stringify(key)}`, 'what JSON can hold', value);
    return value;
  });
}
