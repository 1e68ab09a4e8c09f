// What a value is, whichever realm made it. `instanceof` asks for the class of this realm, and
// Jest, vm contexts and other threads of a page have classes of their own.

const tagOf = (value: unknown): string => Object.prototype.toString.call(value);

export function isDate(value: unknown): value is Date {
  return tagOf(value) === '[object Date]';
}

/** A Uint8Array, a Buffer included. */
export function isBytes(value: unknown): value is Uint8Array<ArrayBuffer> {
  if (value instanceof Uint8Array) return true; // the short way for this realm's
  return ArrayBuffer.isView(value) && tagOf(value) === '[object Uint8Array]';
}

/** An object as JSON.parse or an object literal makes it. */
export function isPlainObject(value: unknown): value is Record<string, unknown> {
  if (typeof value !== 'object' || value === null) return false;
  if (tagOf(value) !== '[object Object]') return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === null || Object.getPrototypeOf(prototype) === null;
}
