// Ending sealed sessions before their time.
//
// A session has a name that never changes: the SHA-256 of the first of its seals that was seen. It
// is carried inside every later seal, so one entry ends all copies of all of them. A seal without
// a name, from iron-session or from before `store` was set, is named by its own hash.

import type { Revocations } from './types';

const NAME_MEMBER = '~latchkey';
const NAME = /^sha256:[\w-]{43}$/;
// A seal opens for this much longer than its ttl.
const SKEW_SECONDS = 60;

/** What opens a store by its URL, and computes SHA-256 as base64url; both depend on the runtime. */
export interface RevocationBackend {
  open(store: string): Revocations;
  sha256(text: string): string | Promise<string>;
  random(): string;
}

export type SessionData = Record<string, unknown>;

export class Revocation {
  #name: string | undefined;
  constructor(
    private readonly backend: RevocationBackend,
    private readonly store: Revocations,
  ) {}

  /** `before` is the same session's in the store that was set until now. */
  static from(
    backend: RevocationBackend,
    store: string | Revocations | undefined,
    before?: Revocation,
  ): Revocation | undefined {
    if (store === undefined) return undefined;
    const made = new Revocation(backend, typeof store === 'string' ? backend.open(store) : store);
    if (before) made.#name = before.#name;
    return made;
  }

  /** Takes the session's name out of its data. False: it was ended. Rejects when nobody knows. */
  async admit(seal: string, data: SessionData): Promise<boolean> {
    const carried = data[NAME_MEMBER];
    delete data[NAME_MEMBER];
    const tilde = seal.indexOf('~');
    const text = tilde < 0 ? seal : seal.slice(0, tilde);
    const isName = typeof carried === 'string' && NAME.test(carried);
    this.#name = isName ? carried : `sha256:${await this.backend.sha256(text)}`;
    return !(await this.store.isDenied(this.#name));
  }

  /** Returns the data with the session's name; a new session gets one. */
  label(data: SessionData): SessionData {
    this.#name ??= `sha256:${this.backend.random()}`;
    return { ...data, [NAME_MEMBER]: this.#name };
  }

  /**
   * Ends the session, for as long as a seal of it may live. Rejects when the store fails; who does
   * not wait is not ended by a rejection that nobody handles.
   */
  end(ttl: number): Promise<void> {
    const ended = this.#deny(ttl);
    ended.catch(() => {});
    return ended;
  }

  async #deny(ttl: number): Promise<void> {
    const name = this.#name;
    if (name === undefined) return;
    // What version 8 saves after this is another session.
    this.#name = undefined;
    await this.store.deny(name, Date.now() + (ttl + SKEW_SECONDS) * 1000);
  }
}
