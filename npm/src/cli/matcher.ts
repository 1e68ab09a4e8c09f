import type { Finding } from './checks';
import { codeOnly } from './project';

/** What stands in `config.matcher`: the sources, or why they cannot be read. */
export function readMatcher(text: string): { sources: string[] } | { problem: string } {
  const match = /\bmatcher\s*:\s*/.exec(codeOnly(text));
  if (!match) return { sources: [] };
  const rest = text.slice(match.index + match[0].length);
  if (!/^['"[]/.test(rest)) {
    return { problem: 'matcher has to be a literal: Next.js does not run the file to read it' };
  }
  const literal = rest.startsWith('[') ? rest.slice(0, closingBracket(rest)) : rest.split('\n')[0]!;
  if (/[`]|\.\.\./.test(codeOnly(literal))) {
    return { problem: 'matcher has to be a literal, without templates and spreads' };
  }
  const sources = [...literal.matchAll(/(?:\bsource\s*:\s*|(?<=[[,]\s*))(['"])(\/[^'"]*)\1/g)];
  const single = /^(['"])(\/[^'"]*)\1/.exec(literal);
  const texts = single ? [single[2]!] : sources.map((found) => found[2]!);
  return { sources: texts.map((text) => text.replace(/\\(.)/g, '$1')) };
}

/** A request with the header, cookie or parameter of such a condition bypasses the proxy. */
export function conditions(where: string, text: string): Finding[] {
  const code = codeOnly(text);
  const from = code.search(/\bmatcher\s*:/);
  if (from < 0 || !/\b(?:missing|has)\s*[:,}]/.test(code.slice(from))) return [];
  const what =
    'a request passes the proxy by one header, cookie or parameter that its sender chooses: take ' +
    '`missing` and `has` out of the matcher';
  return [{ where, what }];
}

/** Tells whether a matcher's source covers a path; the part of the syntax that is in use. */
export function matches(source: string, path: string): boolean {
  const pattern = source
    .replace(/\/:\w+\*/g, '(?:/.*)?')
    .replace(/\/:\w+\+/g, '/.+')
    .replace(/:\w+/g, '[^/]+');
  try {
    return new RegExp(`^${pattern}/?$`).test(path);
  } catch {
    return true; // more than is understood here: nothing is claimed about it
  }
}

/** Server Actions are sent to the page they are on, so its path has to be covered. */
export function uncovered(where: string, sources: string[], paths: string[]): Finding[] {
  if (sources.length === 0) return [];
  return paths
    .filter((path) => !sources.some((source) => matches(source, path)))
    .map((path) => ({
      where,
      what: `the matcher leaves out ${path}, where there are Server Actions or protected pages`,
    }));
}

function closingBracket(text: string): number {
  const code = codeOnly(text);
  let depth = 0;
  for (let i = 0; i < code.length; i++) {
    if (code[i] === '[') depth += 1;
    if (code[i] === ']' && --depth === 0) return i + 1;
  }
  return text.length;
}
