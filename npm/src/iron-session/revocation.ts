// Ending sealed sessions before their time.
//
// A session has a name that never changes: the SHA-256 of the first of its seals that was seen. It
// is carried inside every later seal, so one entry ends all copies of all of them. A seal without
// a name, from iron-session or from before `store` was set, is named by its own hash.
//
//   carried = "sha256:" 43 base64url characters, [ "@" milliseconds ]
//
// The time is there when an earlier seal of the session opens for longer than this one does, as
// after `ttl` was shortened: the entry has to outlive that one.

import type { Revocations } from './types';

const NAME_MEMBER = '~latchkey';
const CARRIED = /^(sha256:[\w-]{43})(?:@(\d{1,15}))?$/;
// A seal opens for this much longer than its ttl.
const SKEW_MILLIS = 60_000;
// The end of the year 9999, which the core takes for "never".
const FOR_EVER = 253_402_300_799_999;

/** What opens a store by its URL, and computes SHA-256 as base64url; both depend on the runtime. */
export interface RevocationBackend {
  open(store: string): Revocations;
  sha256(text: string): string | Promise<string>;
  random(): string;
}

export type SessionData = Record<string, unknown>;

// When a seal stops to open.
function endOf(seal: string): number {
  const expiration = seal.split('*')[5];
  return expiration ? Number(expiration) + SKEW_MILLIS : FOR_EVER;
}

export class Revocation {
  readonly #backend: RevocationBackend;
  #given: string | Revocations | undefined;
  #store: Revocations | undefined;
  #name: string | undefined;
  // A seal that has no name yet.
  #unnamed: string | undefined;
  // Until when a seal of this session may open.
  #until = 0;

  constructor(backend: RevocationBackend, store: string | Revocations | undefined) {
    this.#backend = backend;
    this.use(store);
  }

  /** Changes the store; nothing is ended without one. */
  use(store: string | Revocations | undefined): void {
    if (store === this.#given) return;
    this.#store = typeof store === 'string' ? this.#backend.open(store) : store;
    this.#given = store;
  }

  /**
   * Takes the session's name out of the data of a seal that opened. Returns nothing of a session
   * that was ended; rejects when nobody knows.
   */
  async admit(sealed: string, data: SessionData): Promise<SessionData> {
    const seal = sealed.split('~', 1)[0] as string;
    const carried = data[NAME_MEMBER];
    const [, name, until] = (typeof carried === 'string' && CARRIED.exec(carried)) || [];
    this.#name = name;
    if (name === undefined) this.#unnamed = seal;
    this.#until = Math.max(endOf(seal), Number(until ?? 0));
    if (!this.#store) return data;
    delete data[NAME_MEMBER];
    if (!(await this.#store.isDenied((await this.#find()) as string))) return data;
    // What is saved from now on is another session.
    this.#forget();
    return {};
  }

  /** Returns the data with the session's name; a new session gets one. */
  label(data: SessionData, ttl: number): SessionData | Promise<SessionData> {
    if (!this.#store) return data;
    const end = this.#endOfNew(ttl);
    this.#until = Math.max(this.#until, end);
    const suffix = this.#until > end ? `@${this.#until}` : '';
    if (this.#name === undefined && this.#unnamed === undefined) {
      this.#name = `sha256:${this.#backend.random()}`;
    }
    const copy = { ...data };
    const put = (name: string | undefined) => ({ ...copy, [NAME_MEMBER]: name + suffix });
    return this.#name === undefined ? this.#find().then(put) : put(this.#name);
  }

  /**
   * Ends the session, for as long as a seal of it may open. Rejects when the store fails; who does
   * not wait is not ended by a rejection that nobody handles.
   */
  end(ttl: number): Promise<void> {
    const ended = this.#deny(Math.max(this.#until, this.#endOfNew(ttl)));
    ended.catch(() => {});
    return ended;
  }

  async #deny(until: number): Promise<void> {
    const store = this.#store;
    const name = store && this.#find();
    // What version 8 saves after this is another session.
    if (store) this.#forget();
    const found = await name;
    if (found !== undefined) await store?.deny(found, until);
  }

  async #find(): Promise<string | undefined> {
    const seal = this.#unnamed;
    if (seal === undefined) return this.#name;
    const name = `sha256:${await this.#backend.sha256(seal)}`;
    if (this.#unnamed === seal) [this.#name, this.#unnamed] = [name, undefined];
    return name;
  }

  #forget(): void {
    [this.#name, this.#unnamed, this.#until] = [undefined, undefined, 0];
  }

  // When a seal stops to open that is made now.
  #endOfNew(ttl: number): number {
    return Math.min(Date.now() + Math.round(ttl * 1000) + SKEW_MILLIS, FOR_EVER);
  }
}
