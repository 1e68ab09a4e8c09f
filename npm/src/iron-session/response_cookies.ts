// What a response sets, so that of several saves in one response the last one counts.
//
// A response has one Set-Cookie line for each name: a later write replaces the line of an earlier
// one, and what an earlier save wrote besides (chunks, a cookie of another name) is deleted.

import type { CookieJar, CookieOptions } from './types';

interface Written {
  value: string;
  options: CookieOptions;
}

// Shared by the sessions of one jar, which may not show what was written to it.
const writtenTo = new WeakMap<object, Map<string, Written>>();

const placeOf = ({ domain, path }: CookieOptions): string => `${domain ?? ''} ${path ?? ''}`;

/** The cookies of one session in one response. */
export class ResponseCookies {
  readonly #jar: CookieJar;
  readonly #written: Map<string, Written>;
  /** What this session would leave in the browser. */
  readonly #mine = new Map<string, CookieOptions>();

  constructor(jar: CookieJar) {
    this.#jar = jar;
    let written = writtenTo.get(jar);
    if (!written) writtenTo.set(jar, (written = new Map()));
    this.#written = written;
  }

  /**
   * Writes these cookies, and deletes those of `family` that the browser has or would get from this
   * response, and whatever else this session has written to it.
   */
  write(cookies: [name: string, value: string][], options: CookieOptions, family: string[]): void {
    for (const [name, value] of cookies) this.#set(name, value, options);
    const names = new Set(cookies.map(([name]) => name));
    for (const name of family) {
      if (!names.has(name) && this.#has(name)) this.#delete(name, options);
    }
    for (const [name, used] of this.#mine) {
      if (!names.has(name)) this.#delete(name, used);
    }
  }

  #has(name: string): boolean {
    const { written } = this.#jar;
    const said = written ? written(name) : this.#written.get(name)?.value;
    return Boolean(said ?? this.#jar.read(name));
  }

  #delete(name: string, options: CookieOptions): void {
    this.#set(name, '', { ...options, maxAge: 0 });
  }

  #set(name: string, value: string, options: CookieOptions): void {
    const before = this.#written.get(name);
    // To a browser another path or domain is another cookie. Who replaces lines has none left.
    if (before?.value && !this.#jar.written && placeOf(before.options) !== placeOf(options)) {
      this.#jar.write(name, '', { ...before.options, maxAge: 0 });
    }
    this.#jar.write(name, value, options);
    this.#written.set(name, { value, options });
    if (value === '' || (options.maxAge ?? 1) <= 0) this.#mine.delete(name);
    else this.#mine.set(name, options);
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

const DOMAIN = /;\s*domain=\.?([^;]*)/i;
const PATH = /;\s*path=([^;]*)/i;
const MAX_AGE = /;\s*max-age=([^;]*)/i;

const nameOf = (line: string): string => line.slice(0, line.indexOf('=')).trim();

function linePlace(line: string): string {
  const domain = DOMAIN.exec(line)?.[1]?.trim().toLowerCase();
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

/** What the lines give a cookie: '' when they delete it, undefined when they say nothing. */
export function valueIn(lines: SetCookieLines, name: string): string | undefined {
  const line = lines.list().findLast((one) => nameOf(one) === name);
  if (line === undefined) return undefined;
  const maxAge = MAX_AGE.exec(line)?.[1] ?? '1';
  return Number(maxAge) <= 0 ? '' : line.slice(line.indexOf('=') + 1).split(';', 1)[0];
}
