// The tokens of JavaScript and TypeScript, JSX included: as many rules of the grammar as it takes to
// know what is a string and what stands in a comment, a template, a regular expression or the text
// of an element. A parser would do more and weigh megabytes; the package depends on nothing.

export type TokenKind = 'word' | 'mark' | 'string' | 'template' | 'other' | 'comment';

export interface Token {
  kind: TokenKind;
  start: number;
  end: number;
  /** The text; of a string what is between its quotes. */
  text: string;
}

const BLANK = /\s+/y;
const WORD = /[\p{ID_Start}$_#\\](?:[\p{ID_Continue}$\u200c\u200d\\])*/uy;
const NUMBER = /\.?\d(?:[eE][+-]|[\w.])*/y;
const STRING = /'(?:\\[^]|[^'\\\n\r])*'|"(?:\\[^]|[^"\\\n\r])*"/y;
const COMMENT = /\/\/[^\n\r]*|\/\*[^]*?(?:\*\/|$)/y;
const REGULAR = /\/(?![*/])(?:\\.|\[(?:\\.|[^\]\\\n\r])*\]|[^/\\[\n\r])+\/[\p{ID_Continue}$]*/uy;
// In an element a string has no escapes, and may have lines.
const ATTRIBUTE_TEXT = /'[^']*'|"[^"]*"/y;
const ELEMENT_NAME = /[\p{ID_Start}$_](?:[\p{ID_Continue}$.:-])*/uy;
const ELEMENT_TEXT = /[^<{]+/y;

// After these words an expression begins, so that a slash is a regular expression.
const BEFORE_EXPRESSION = new Set(
  ('return typeof instanceof in of new delete void throw case do else yield await default extends' +
    ' as satisfies').split(' '),
);
const BEFORE_CONDITION = new Set(['if', 'while', 'for', 'with']);
// What one type in angle brackets may be: <Select<Option> ...>.
const TYPE_ARGUMENTS = /<[^<>]*(?:<[^<>]*>[^<>]*)*>/y;
const LONG_MARK = /=>|\+\+|--|\.\.\./y;

class Refused extends Error {}

class Scanner {
  readonly tokens: Token[] = [];
  #at = 0;
  /** For each open bracket: whether an expression may begin behind the one that closes it. */
  #open: boolean[] = [];
  #expressionNext = true;
  #last: Token | undefined;

  constructor(
    readonly text: string,
    readonly jsx: boolean,
  ) {
    if (text.startsWith('#!')) this.#at = text.search(/[\n\r]|$/);
  }

  /** Reads code up to the end of the text, or to the brace that closes what surrounds it. */
  code(nested: boolean): void {
    const depth = this.#open.length;
    while (this.#at < this.text.length) {
      if (nested && this.text[this.#at] === '}' && this.#open.length === depth) return;
      this.#one();
    }
    if (nested) throw new Refused();
  }

  #one(): void {
    const { text } = this;
    const before = this.#last;
    if (this.#match(BLANK) !== undefined) return;
    const sign = text[this.#at] as string;
    if (this.#take('comment', COMMENT)) return;
    if (this.#take('string', STRING) || this.#take('other', NUMBER)) {
      this.#expressionNext = false;
    } else if (sign === '`') {
      this.#template();
    } else if (this.#expressionNext && this.#take('other', REGULAR)) {
      this.#expressionNext = false;
    } else if (this.#take('word', WORD)) {
      const isMember = before?.kind === 'mark' && before.text === '.';
      this.#expressionNext = !isMember && BEFORE_EXPRESSION.has(this.#last?.text ?? '');
    } else if (!(sign === '<' && this.jsx && this.#expressionNext && this.#element())) {
      this.#mark(sign);
    }
  }

  #mark(sign: string): void {
    const before = this.#last;
    if (!this.#take('mark', LONG_MARK)) this.#push('mark', this.#at, this.#at + sign.length);
    // What may stand behind an operand, and changes nothing there.
    const text = this.#last?.text;
    const isStep = text === '++' || text === '--' || (text === '!' && !this.#expressionNext);
    if ('([{'.includes(sign)) {
      this.#open.push(this.#opensBefore(sign, before));
      this.#expressionNext = true;
    } else if (')]}'.includes(sign)) {
      this.#expressionNext = this.#open.pop() ?? true;
    } else if (!isStep) {
      this.#expressionNext = text !== '.';
    }
  }

  // A condition is followed by a statement; a block is, and an object is not.
  #opensBefore(sign: string, before: Token | undefined): boolean {
    const { kind, text = '' } = before ?? {};
    if (sign === '(') {
      const isAwait = text === 'await' && /\bfor\s+await$/.test(this.text.slice(0, before?.end));
      return kind === 'word' && (BEFORE_CONDITION.has(text) || isAwait);
    }
    if (sign === '[') return false;
    if (kind === 'word') return !BEFORE_EXPRESSION.has(text) || text === 'do' || text === 'else';
    if (kind !== 'mark') return true;
    return [')', ';', '{', '}', '=>', '>'].includes(text);
  }

  #template(): void {
    const start = this.#at;
    const [open, last] = [this.#open, this.tokens.length];
    this.#open = [];
    let plain = true;
    for (this.#at++; this.text[this.#at] !== '`'; this.#at++) {
      if (this.#at >= this.text.length) throw new Refused();
      if (this.text[this.#at] === '\\') this.#at++;
      else if (this.text.startsWith('${', this.#at)) {
        plain = false;
        this.#inBraces(this.#at + 1);
        this.#at--;
      }
    }
    this.#open = open;
    this.#at++;
    // The name of a module is one piece of text.
    this.tokens.splice(last, 0, {
      kind: plain ? 'template' : 'other',
      start,
      end: this.#at,
      text: plain ? this.text.slice(start + 1, this.#at - 1) : '',
    });
    this.#last = this.tokens.at(-1);
    this.#expressionNext = false;
  }

  // Reads `{ code }`.
  #inBraces(brace: number): void {
    this.#push('mark', brace, brace + 1);
    this.#at = brace + 1;
    this.#expressionNext = true;
    this.code(true);
    this.#push('mark', this.#at, this.#at + 1);
  }

  // What looks like an element and never ends was something else: `<T>(value: T) => T`.
  #element(): boolean {
    const before = [this.#at, this.tokens.length, this.#last, this.#open] as const;
    this.#open = [];
    try {
      this.#elementTag();
      this.#push('other', this.#at, this.#at);
      this.#expressionNext = false;
      this.#open = before[3];
      return true;
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      [this.#at, , this.#last, this.#open] = before;
      this.tokens.length = before[1];
      this.#expressionNext = true;
      return false;
    }
  }

  #elementTag(): void {
    this.#expect('<');
    this.#blanks();
    const name = this.#match(ELEMENT_NAME) ?? '';
    this.#match(TYPE_ARGUMENTS);
    while (!this.#skip('>')) {
      if (this.#skip('/')) return this.#expect('>');
      if (name === '' || !this.#attribute()) throw new Refused();
    }
    this.#children(name);
  }

  #attribute(): boolean {
    if (this.text[this.#at] === '{') {
      this.#inBraces(this.#at);
      return true;
    }
    const name = this.#match(ELEMENT_NAME);
    if (name === undefined || !this.#skip('=')) return name !== undefined && name !== 'extends';
    this.#blanks();
    if (this.#match(ATTRIBUTE_TEXT) !== undefined) return true;
    if (this.text[this.#at] === '<') this.#elementTag();
    else if (this.text[this.#at] === '{') this.#inBraces(this.#at);
    else return false;
    return true;
  }

  #children(name: string): void {
    for (;;) {
      this.#match(ELEMENT_TEXT);
      if (this.text[this.#at] === '{') this.#inBraces(this.#at);
      else if (/^<\s*\//.test(this.text.slice(this.#at, this.#at + 20))) break;
      else this.#elementTag();
    }
    this.#expect('<');
    this.#skip('/');
    this.#blanks();
    if ((this.#match(ELEMENT_NAME) ?? '') !== name) throw new Refused();
    this.#blanks();
    this.#expect('>');
  }

  #blanks(): void {
    while (this.#match(BLANK) !== undefined || this.#match(COMMENT) !== undefined);
  }

  #skip(sign: string): boolean {
    this.#blanks();
    if (this.text[this.#at] !== sign) return false;
    this.#at++;
    return true;
  }

  #expect(sign: string): void {
    if (this.text[this.#at] !== sign) throw new Refused();
    this.#at++;
  }

  #match(pattern: RegExp): string | undefined {
    pattern.lastIndex = this.#at;
    const found = pattern.exec(this.text)?.[0];
    if (found) this.#at += found.length;
    return found || undefined;
  }

  #take(kind: TokenKind, pattern: RegExp): boolean {
    const start = this.#at;
    if (this.#match(pattern) === undefined) return false;
    this.#push(kind, start, this.#at);
    return true;
  }

  #push(kind: TokenKind, start: number, end: number): void {
    const inner = kind === 'string' ? 1 : 0;
    const text = this.text.slice(start + inner, end - inner);
    const token = { kind, start, end, text };
    this.tokens.push(token);
    this.#at = end;
    if (kind !== 'comment') this.#last = token;
  }
}

/** The tokens of a file; nothing when it ends in the middle of something. */
export function tokensOf(text: string, jsx: boolean): Token[] | undefined {
  const scanner = new Scanner(text, jsx);
  try {
    scanner.code(false);
  } catch (error) {
    if (error instanceof Refused) return undefined;
    throw error;
  }
  return scanner.tokens;
}
