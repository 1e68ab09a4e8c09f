// Where a file names modules: imports and exports, import(), require(), augmentations, mocks.

import { tokensOf, type Token } from './scanner';

/** A string that names a module, or might. */
export interface ModuleName {
  name: string;
  /** The string with its quotes. */
  start: number;
  end: number;
  /** What is imported by name. */
  imported: string[];
  /** Why nobody can tell that it names a module; absent when it does. */
  doubt?: 'template' | 'computed' | 'string' | 'comment';
}

const MOCKS = new Set(
  ('mock doMock unmock doUnmock dontMock deepUnmock setMock importActual importMock' +
    ' requireActual requireMock createMockFromModule genMockFromModule' +
    ' unstable_mockModule unstable_unmockModule').split(' '),
);
const MOCKERS = new Set(['vi', 'vitest', 'jest']);
const IN_COMMENT = /\bimport\(\s*(['"])([^'"\n]+)\1\s*\)|\breference\s+types\s*=\s*(['"])([^'"\n]+)\3/g;

/** The names of modules in a file; nothing when it cannot be read. */
export function moduleNames(text: string, jsx: boolean): ModuleName[] | undefined {
  const all = tokensOf(text, jsx);
  if (!all) return undefined;
  const tokens = all.filter(({ kind }) => kind !== 'comment');
  const found = all.filter(({ kind }) => kind === 'comment').flatMap(inComment);
  tokens.forEach((token, at) => {
    if (token.kind !== 'string' && token.kind !== 'template') return;
    const { text: name, start, end } = token;
    const one: ModuleName = { name, start, end, imported: [] };
    const place = new Place(tokens, at);
    if (!place.isName) one.doubt = 'string';
    else if (token.kind === 'template') one.doubt = 'template';
    else if (!place.isWhole) one.doubt = 'computed';
    else one.imported = place.imported();
    if (token.kind === 'string' || one.doubt !== 'string') found.push(one);
  });
  return found.sort((a, b) => a.start - b.start);
}

function inComment({ text, start }: Token): ModuleName[] {
  return [...text.matchAll(IN_COMMENT)].map((match) => {
    const [at, name] = [start + match.index, (match[2] ?? match[4]) as string];
    return { name, start: at, end: at + match[0].length, imported: [], doubt: 'comment' };
  });
}

// What stands around a string.
class Place {
  readonly isName: boolean;
  /** Whether the string is all that stands there. */
  readonly isWhole: boolean;
  readonly #tokens: readonly Token[];
  readonly #at: number;
  #clause: [from: number, to: number] | undefined;

  constructor(tokens: readonly Token[], at: number) {
    this.#tokens = tokens;
    this.#at = at;
    const isCall = this.#is(at - 1, '(') && this.#names(this.#beforeTypes(at - 2));
    this.isName = isCall || this.#isStatement();
    this.isWhole = !isCall || this.#is(at + 1, ')') || this.#is(at + 1, ',');
  }

  /** The names in the braces of an import, or of `const { a } = require('x')`. */
  imported(): string[] {
    if (!this.#clause) return [];
    const [from, to] = this.#clause;
    const names: string[] = [];
    let inBraces = false;
    for (let i = from; i < to; i++) {
      const token = this.#tokens[i] as Token;
      if (token.text === '{') inBraces = true;
      if (token.text === '}') inBraces = false;
      const begins = inBraces && (this.#is(i, '{') || this.#is(i, ','));
      const first = this.#tokens[i + 1];
      const isType = first?.text === 'type' && this.#word(i + 2) && !this.#isWord(i + 2, 'as');
      const name = isType ? this.#tokens[i + 2] : first;
      if (begins && name && name.kind !== 'mark') names.push(name.text);
    }
    return names;
  }

  #is(at: number, mark: string): boolean {
    const token = this.#tokens[at];
    return token?.kind === 'mark' && token.text === mark;
  }

  #word(at: number): string | undefined {
    const token = this.#tokens[at];
    return token?.kind === 'word' ? token.text : undefined;
  }

  // A word that is not the member of something.
  #isWord(at: number, word: string): boolean {
    return this.#word(at) === word && !this.#is(at - 1, '.');
  }

  #isStatement(): boolean {
    const at = this.#at;
    if (this.#isWord(at - 1, 'import')) return true;
    if (this.#isWord(at - 1, 'module') && this.#word(at - 2) === 'declare') return true;
    if (!this.#isWord(at - 1, 'from')) return false;
    for (let i = at - 2; i >= 0; i--) {
      if (this.#isWord(i, 'import') || this.#isWord(i, 'export')) {
        this.#clause = [i, at - 1];
        return true;
      }
      const { kind, text } = this.#tokens[i] as Token;
      if (kind === 'mark' ? !'{},*'.includes(text) : kind !== 'word' && kind !== 'string') break;
    }
    return false;
  }

  // The last token before `<types>`, which a call may have.
  #beforeTypes(at: number): number {
    if (!this.#is(at, '>')) return at;
    for (let depth = 0; at >= 0; at--) {
      if (this.#is(at, '>')) depth++;
      if (this.#is(at, '<') && --depth === 0) return at - 1;
    }
    return at;
  }

  // Whether what is called, up to the token at `at`, takes the name of a module.
  #names(at: number): boolean {
    const path = this.#path(at);
    const called = path.join('.');
    const isRequire = /^(?:module\.)?require(?:\.resolve(?:\.paths)?)?$/.test(called);
    if (isRequire || called === 'import') this.#clause = this.#pattern(at - 2 * path.length + 2);
    if (called === 'import') return true;
    if (called.startsWith('import.')) return /^import\.(?:meta\.resolve|defer|source)$/.test(called);
    const method = path.at(-1) ?? '';
    const isMock = path.length > 1 && MOCKS.has(method) && MOCKERS.has(path[0] as string);
    return isRequire || isMock || /(?:^|\.)mock\.module$/.test(called);
  }

  // The words of `a.b.c`, whose end is at `at`; calls in between are passed over.
  #path(at: number): string[] {
    const words: string[] = [];
    for (let i = at; i >= 0; i -= 2) {
      if (this.#is(i, ')')) i = this.#opening(i) - 1;
      const word = this.#word(i);
      words.unshift(word ?? '?');
      if (word === undefined) return words;
      if (!this.#is(i - 1, '.')) return words;
    }
    return words;
  }

  #opening(at: number): number {
    for (let depth = 0; at >= 0; at--) {
      if (this.#is(at, ')')) depth++;
      if (this.#is(at, '(') && --depth === 0) return at;
    }
    return at;
  }

  // `{ a, b: c }` of `const { a, b: c } = await require(...)`, which begins at `at`.
  #pattern(at: number): [number, number] | undefined {
    let end = at - 1;
    if (this.#word(end) === 'await') end--;
    if (!this.#is(end, '=') || !this.#is(end - 1, '}')) return undefined;
    for (let i = end - 1; i >= 0; i--) if (this.#is(i, '{')) return [i, end];
    return undefined;
  }
}
