import { textOf } from './arguments';

// What the core is told of a request: its Cookie line, the other headers that count as one text, and
// a number. All that follows from them, the core decides.

/** Where headers are read: `Headers` of the web, or the object that Node.js has. */
export type RequestHeaders =
  | { get(name: string): string | null }
  | Readonly<Record<string, string | readonly string[] | undefined>>;

/** What a program knows of a request and no header tells. */
export interface RequestFacts {
  /** false: no header can be added any more, as while a page streams. */
  mayWrite?: boolean;
  /** true: this is no activity of the user. */
  passive?: boolean;
  /** true: ask the store and no copy. */
  fresh?: boolean;
  /** false: a hybrid session writes no new snapshot where nothing else has to be written. */
  offers?: boolean;
  /** true: a page of another site may send this, and the program has checked who it is. */
  crossSite?: boolean;
  /** true: what is not application/json is refused by the program. */
  jsonOnly?: boolean;
  /** true: somebody waits for a page, also where the headers do not say so. */
  page?: boolean;
  /** true: the headers offer the browser to bind a young session to its device. */
  offerDevice?: boolean;
  /** Also what the store knows of the user. */
  withUser?: boolean;
}

// npm/native/request_text.cc has the same.
const METHODS: Record<string, number> = { GET: 0, HEAD: 1, OPTIONS: 2, POST: 3 };
const OTHER = 4;
const FACTS = {
  mayWrite: 8,
  passive: 16,
  fresh: 32,
  offers: 64,
  crossSite: 128,
  jsonOnly: 256,
  page: 512,
  withUser: 1024,
  offerDevice: 2048,
} as const;
const NAMES = Object.keys(FACTS) as (keyof typeof FACTS)[];
const USUALLY = FACTS.mayWrite | FACTS.offers;

/** factBits packs the method and what the program knows. */
export function factBits(method: string, facts: RequestFacts = {}): number {
  let bits = (METHODS[method] ?? OTHER) | USUALLY;
  for (const name of NAMES) {
    const fact = facts[name];
    if (fact !== undefined) bits = fact ? bits | FACTS[name] : bits & ~FACTS[name];
  }
  return bits;
}

// Every header that some rule of the core looks at, but Cookie.
const LOOKED_AT = [
  'accept',
  'sec-fetch-mode',
  'sec-fetch-site',
  'origin',
  'content-type',
  'purpose',
  'sec-purpose',
  'upgrade',
  'sec-websocket-key',
  'sec-websocket-version',
  'rsc',
  'next-url',
  'x-nextjs-data',
  'next-router-prefetch',
  'next-router-segment-prefetch',
  'x-middleware-prefetch',
  'secure-session-skipped',
] as const;

// What a new session keeps of a request, and how a browser proves that a bound one is its own.
const KEPT = ['user-agent', 'sec-secure-session-id', 'secure-session-response'] as const;

/** headersText is those headers of a request, as the core takes them; `changes`: to change it. */
export function headersText(headers: RequestHeaders, changes = false): string {
  const text = textOfHeaders(headers, LOOKED_AT);
  return changes ? text + textOfHeaders(headers, KEPT) : text;
}

// Most requests have few of them, so what is not there must cost little.
function textOfHeaders(headers: RequestHeaders, names: readonly string[]): string {
  const plain = typeof headers.get === 'function' ? null : (headers as Record<string, unknown>);
  let text = '';
  for (const name of names) {
    if (plain !== null && plain[name] === undefined) continue;
    const value = headerOf(headers, name);
    if (value !== null) text += `${name}\n${value}\n`;
  }
  return text;
}

/** headerOf reads one header; of one that came twice all values. */
export function headerOf(headers: RequestHeaders, name: string): string | null {
  if (typeof headers.get === 'function') {
    return (headers as { get(name: string): string | null }).get(name);
  }
  const value = (headers as Record<string, string | readonly string[] | undefined>)[name];
  if (value === undefined) return null;
  const text = Array.isArray(value) ? value.join(name === 'cookie' ? '; ' : ', ') : value;
  return oneLine(textOf(text, `headers['${name}']`));
}

// No server passes one on; a line end would be taken for the end of the header.
function oneLine(text: string): string {
  return text.includes('\n') ? text.replaceAll('\n', ' ') : text;
}
