import type { HeaderLine } from '../requests';

/** What a response's headers are changed by, whatever class they are of. */
export interface HeaderPen {
  /** All values of a header. */
  get(name: string): string[];
  set(name: string, values: string[]): void;
}

/**
 * writeHeaders brings our lines into a response: a cookie of ours replaces the one an earlier call
 * wrote, other cookies stay, and `Vary` keeps what the application has said.
 */
export function writeHeaders(pen: HeaderPen, lines: readonly HeaderLine[]): void {
  const cookies = lines.filter(([name]) => name === 'Set-Cookie').map(([, value]) => value);
  if (cookies.length > 0) {
    const ours = new Set(cookies.map(keyOf));
    const foreign = pen.get('set-cookie').filter((line) => !ours.has(keyOf(line)));
    pen.set('set-cookie', [...foreign, ...cookies]);
  }
  for (const [name, value] of lines) {
    if (name === 'Set-Cookie') continue;
    const said = name === 'Vary' ? varied(pen.get('vary')) : [];
    const news = value.split(', ').filter((one) => !said.includes(one.toLowerCase()));
    if (name === 'Vary' && said.includes('*')) continue;
    if (name !== 'Vary') pen.set(name, [value]);
    else if (news.length > 0) pen.set(name, [[...pen.get('vary'), ...news].join(', ')]);
  }
}

const varied = (values: string[]) =>
  values.flatMap((value) => value.split(',').map((one) => one.trim().toLowerCase()));

/** joinCookies is what a later call of one request adds to an earlier one. */
export function joinCookies(
  before: readonly HeaderLine[],
  after: readonly HeaderLine[],
): readonly HeaderLine[] {
  const written = new Set(
    after.filter(([name]) => name === 'Set-Cookie').map(([, value]) => keyOf(value)),
  );
  const kept = before.filter(
    ([name, value]) => name === 'Set-Cookie' && !written.has(keyOf(value)),
  );
  return kept.length === 0 ? after : [...kept, ...after];
}

// A browser keeps one cookie for each name, domain and path.
function keyOf(line: string): string {
  const [pair = '', ...attributes] = line.split(';');
  const scope = attributes
    .map((attribute) => attribute.trim())
    .filter((attribute) => /^(domain|path)=/i.test(attribute))
    .map((attribute) => attribute.toLowerCase())
    .sort();
  return [pair.slice(0, pair.indexOf('=')), ...scope].join(';');
}
