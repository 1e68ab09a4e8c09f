// Choices that look random and can be repeated: LATCHKEY_SEED=anything makes other ones, and with
// `./dev test --full` every run makes its own.
import { createHash, randomUUID } from 'node:crypto';

export const seed = process.env.LATCHKEY_SEED ?? (process.env.LATCHKEY_FULL ? randomUUID() : '1');

export class Choices {
  #counter = 0;
  #block = Buffer.alloc(0);
  constructor(name) {
    this.name = `${seed} ${name}`;
  }

  #byte() {
    if (this.#block.length === 0) {
      this.#block = createHash('sha256').update(`${this.name} ${this.#counter++}`).digest();
    }
    const byte = this.#block[0];
    this.#block = this.#block.subarray(1);
    return byte;
  }

  below(limit) {
    return ((this.#byte() << 16) | (this.#byte() << 8) | this.#byte()) % limit;
  }

  // chance is true once in `n` times.
  chance(n) {
    return this.below(n) === 0;
  }

  pick(list) {
    return list[this.below(list.length)];
  }

  // some keeps each member of an object once in `n` times; functions are called for their value.
  some(members, n) {
    const kept = Object.entries(members).filter(() => this.chance(n));
    return Object.fromEntries(
      kept.map(([name, value]) => [name, typeof value === 'function' ? value() : value]),
    );
  }

  text(length, alphabet = 'abcdefghijklmnopqrstuvwxyz0123456789') {
    return Array.from({ length }, () => alphabet[this.below(alphabet.length)]).join('');
  }

  bytes(length) {
    return Uint8Array.from({ length }, () => this.#byte());
  }
}
