import type { Packed } from './native';

// Of lengths: no text, and one that stands apart.
const NONE = 2 ** 28 - 1;
const ELSEWHERE = NONE - 1;

/** Reader reads what the addon has packed (npm/native/packing.h), in its order. */
export class Reader {
  readonly #text: string;
  readonly #apart: string | readonly string[];
  #at = 0;
  #next = 1;

  constructor(packed: Packed<string>) {
    this.#text = typeof packed === 'string' ? packed : packed[0]!;
    this.#apart = packed;
  }

  small(): number {
    return this.#text.charCodeAt(this.#at++);
  }

  #four(): number {
    const text = this.#text;
    const at = this.#at;
    this.#at = at + 4;
    return (
      text.charCodeAt(at) |
      (text.charCodeAt(at + 1) << 7) |
      (text.charCodeAt(at + 2) << 14) |
      (text.charCodeAt(at + 3) << 21)
    );
  }

  /** A whole number; the upper half has the sign. */
  number(): number {
    const low = this.#four();
    return ((this.#four() << 4) >> 4) * 2 ** 28 + low;
  }

  wordOrNull(): string | null {
    const length = this.#four();
    if (length === NONE) return null;
    if (length === ELSEWHERE) return this.#apart[this.#next++]!;
    const from = this.#at;
    this.#at = from + length;
    return this.#text.slice(from, this.#at);
  }

  word(): string {
    return this.wordOrNull() ?? '';
  }
}
