import { makeError } from '../errors';
import { generateIdFromEntropySize } from './crypto';

// A session with a lifetime of its own, or under an absolute limit, says so in its id, which the
// database knows whole: no column has to be added to anybody's tables. docs/npm/lucia.md
//
//   id = 40 characters of [a-z2-7], "1", created, lifetime   each 8 digits of base 36, milliseconds
const TIMED = /^[a-z2-7]{40}1([0-9a-z]{8})([0-9a-z]{8})$/;

const TIMED_LENGTH = 57;

export interface TimedId {
  createdAt: number;
  /** 0: as configured. */
  lifetime: number;
}

function digits(millis: number): string {
  return Math.trunc(millis).toString(36).padStart(8, '0');
}

export function makeTimedId({ createdAt, lifetime }: TimedId): string {
  if (!(lifetime >= 0 && lifetime < 36 ** 8)) {
    throw makeError('ERR_LATCHKEY_INVALID_ARGUMENT', 'expiresIn: a time span of up to 89 years');
  }
  return `${generateIdFromEntropySize(25)}1${digits(createdAt)}${digits(lifetime)}`;
}

export function readTimedId(id: string): TimedId | null {
  if (id.length !== TIMED_LENGTH) return null;
  const parts = TIMED.exec(id);
  if (parts === null) return null;
  return { createdAt: parseInt(parts[1] ?? '', 36), lifetime: parseInt(parts[2] ?? '', 36) };
}

const MOST_PENDING = 10_000;

/**
 * Pending remembers sessions that were renewed while their cookie could not be written (a page of
 * Next.js is being rendered): they are signalled as fresh again until a cookie was.
 */
export class Pending {
  readonly #ids = new Set<string>();

  add(id: string): void {
    if (this.#ids.size >= MOST_PENDING) {
      for (const oldest of this.#ids) {
        this.#ids.delete(oldest);
        break;
      }
    }
    this.#ids.add(id);
  }

  has(id: string): boolean {
    return this.#ids.has(id);
  }

  remove(id: string): void {
    this.#ids.delete(id);
  }
}
