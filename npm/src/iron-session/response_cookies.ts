// What a response sets, so that of several saves in one response the last one counts.
//
// A response has one Set-Cookie line for each name: a later write replaces the line of an earlier
// one, and what an earlier save wrote besides (chunks, a cookie of another name) is deleted.

import type { CookieJar, CookieOptions } from './types';

interface Written {
  value: string;
  options: CookieOptions;
  /** Whether the request brought it; a jar may show what was written since. */
  brought: boolean;
}

// Shared by the sessions of one jar, which may not show what was written to it. A jar may serve
// several requests, so this can cause a deletion too many, and never one too few.
const writtenTo = new WeakMap<object, Map<string, Written>>();

// To a browser another path or domain is another cookie.
const placeOf = ({ domain = '', path = '' }: CookieOptions): string =>
  `${domain.toLowerCase().replace(/^\./, '')} ${path}`;

/** The cookies of one session in one response. */
export class ResponseCookies {
  readonly #jar: CookieJar;
  readonly #shared: Map<string, Written>;
  readonly #own = new Map<string, Written>();

  constructor(jar: CookieJar) {
    this.#jar = jar;
    let shared = writtenTo.get(jar);
    if (!shared) writtenTo.set(jar, (shared = new Map()));
    this.#shared = shared;
  }

  /**
   * Writes these cookies, and deletes those of `family` that the browser has or would get from this
   * response, and whatever else this session has written to it.
   */
  write(cookies: [name: string, value: string][], options: CookieOptions, family: string[]): void {
    for (const [name, value] of cookies) this.#set(name, value, options);
    const names = new Set(cookies.map(([name]) => name));
    for (const name of family) {
      if (!names.has(name) && this.#has(name, options)) this.#delete(name, options);
    }
    for (const [name, { value, options: used }] of this.#own) {
      if (value !== '' && !names.has(name)) this.#delete(name, used);
    }
  }

  #has(name: string, options: CookieOptions): boolean {
    const said = this.#jar.sets ? this.#jar.sets(name, options) : this.#sets(name, options);
    if (said !== undefined) return said;
    const shared = this.#shared.get(name);
    return Boolean(shared?.value || shared?.brought || this.#jar.read(name));
  }

  #sets(name: string, options: CookieOptions): boolean | undefined {
    const written = this.#own.get(name);
    if (written?.value) return true;
    return written && placeOf(written.options) === placeOf(options) ? false : undefined;
  }

  #delete(name: string, options: CookieOptions): void {
    this.#set(name, '', { ...options, maxAge: 0 });
  }

  #set(name: string, value: string, options: CookieOptions): void {
    const before = this.#own.get(name) ?? this.#shared.get(name);
    // A jar that replaces lines has none left of it.
    if (before?.value && !this.#jar.sets && placeOf(before.options) !== placeOf(options)) {
      this.#jar.write(name, '', { ...before.options, maxAge: 0 });
    }
    const brought = this.#own.get(name)?.brought ?? Boolean(this.#jar.read(name));
    this.#jar.write(name, value, options);
    const written = { value, options, brought };
    this.#own.set(name, written);
    this.#shared.set(name, written);
  }
}

/** Of writes that overlap, the one that was begun last counts. */
export class Turns {
  #begun = 0;
  #written = 0;

  begin(): number {
    return ++this.#begun;
  }

  /** Writes, unless a later one has. */
  write(turn: number, run: () => void): void {
    if (turn < this.#written) return;
    run();
    this.#written = turn;
  }
}

/** The Set-Cookie lines of a response. */
export interface SetCookieLines {
  list(): string[];
  /** Adds a line, and keeps only these of those before it. */
  add(line: string, kept: string[]): void;
}

// The lines of ours in each response.
const ours = new WeakMap<object, Set<string>>();

const DOMAIN = /;\s*domain=([^;]*)/i;
const PATH = /;\s*path=([^;]*)/i;
const MAX_AGE = /;\s*max-age=([^;]*)/i;

const nameOf = (line: string): string => line.slice(0, line.indexOf('=')).trim();

function linePlace(line: string): string {
  const domain = DOMAIN.exec(line)?.[1]?.trim();
  return placeOf({ domain, path: PATH.exec(line)?.[1]?.trim() });
}

/**
 * Adds a line to a response. It replaces that of the same cookie, and ours of the same name; lines
 * that others wrote for another cookie stay.
 */
export function putLine(response: object, lines: SetCookieLines, line: string): void {
  const mine = ours.get(response) ?? new Set();
  const [name, place] = [nameOf(line), linePlace(line)];
  const stays = (one: string) =>
    nameOf(one) !== name || !(mine.has(one) || linePlace(one) === place);
  lines.add(line, lines.list().filter(stays));
  ours.set(response, mine.add(line));
}

function isLive(line: string): boolean {
  const value = line.slice(line.indexOf('=') + 1).split(';', 1)[0];
  return value !== '' && Number(MAX_AGE.exec(line)?.[1] ?? 1) > 0;
}

/**
 * Whether the lines set a cookie of this name, or delete the one that `options` describe; undefined
 * when they do neither.
 */
export function setsCookie(
  lines: SetCookieLines,
  name: string,
  options: CookieOptions,
): boolean | undefined {
  const found = lines.list().filter((line) => nameOf(line) === name);
  if (found.some(isLive)) return true;
  return found.some((line) => linePlace(line) === placeOf(options)) ? false : undefined;
}
