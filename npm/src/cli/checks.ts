import { codeOnly, lineOf, type SourceFile } from './project';

/** Something in a file that will go wrong, and what to do about it. */
export interface Finding {
  where: string;
  what: string;
}

/** `cookies()` and `headers()` are promises since Next.js 15, and nothing else since 16. */
export function syncCookies({ path, text }: SourceFile): Finding[] {
  if (!/from\s*['"]next\/headers['"]/.test(text)) return [];
  const code = codeOnly(text);
  const found: Finding[] = [];
  // Handed on as it is (`f(cookies(), ...)`) it may well be wanted as a promise.
  for (const match of code.matchAll(
    /\b(cookies|headers)\(\)(?=\s*(?:[.;![]|as\b)|\s*\n)(?!\s*\.\s*then\b)/g,
  )) {
    const before = code.slice(0, match.index);
    if (/\b(?:await\s*\(?|function)\s*$/.test(before)) continue;
    const used = /^\s*(?:[.![]|as\b)/.test(code.slice(match.index + match[0].length));
    if (!used && /(?:\breturn|=>)\s*$/.test(before)) continue;
    found.push({
      where: `${path}:${lineOf(text, match.index)}`,
      what: `${match[1]}() is a promise: write \`(await ${match[1]}())\``,
    });
  }
  return found;
}

/** redirect() throws, so a catch around it swallows the redirect. */
export function redirectInTry({ path, text }: SourceFile): Finding[] {
  if (!/\bredirect\b/.test(text)) return [];
  const code = codeOnly(text);
  const found: Finding[] = [];
  for (const match of code.matchAll(/\btry\s*\{/g)) {
    const end = closing(code, match.index + match[0].length - 1);
    const body = code.slice(match.index, end);
    const at = body.search(/(?<![.\w])(?:permanentR|r)edirect\s*\(/);
    if (at < 0) continue;
    const handler = /^\s*catch\s*(?:\([^)]*\))?\s*\{/.exec(code.slice(end));
    if (!handler) continue;
    const from = end + handler[0].length - 1;
    if (/unstable_rethrow|isRedirectError|\bthrow\b/.test(code.slice(from, closing(code, from)))) {
      continue;
    }
    found.push({
      where: `${path}:${lineOf(text, match.index + at)}`,
      what:
        'redirect() inside try: the catch swallows it. Move it behind, or begin the catch ' +
        'with unstable_rethrow(error)',
    });
  }
  return found;
}

/** Server code in a client component fails the build, or worse, does not. */
export function serverInClient({ path, text }: SourceFile): Finding[] {
  if (!/^\s*(?:\/\/[^\n]*\n|\/\*[\s\S]*?\*\/|\s)*['"]use client['"]/.test(text)) return [];
  const match = /from\s*['"](latchkey\/(?:next|lucia|iron-session)|latchkey)['"]/.exec(text);
  if (!match || /import\s+type\s[^;]*$/.test(text.slice(0, match.index))) return [];
  return [
    {
      where: `${path}:${lineOf(text, match.index)}`,
      what: `${match[1]} belongs to the server; a client component uses latchkey/react`,
    },
  ];
}

/** `router.events` was of the Pages Router. */
export function routerEvents({ path, text }: SourceFile): Finding[] {
  if (!/from\s*['"]next\/navigation['"]/.test(text)) return [];
  const code = codeOnly(text);
  const at = code.search(/\brouter\.events\b/);
  if (at < 0) return [];
  return [
    {
      where: `${path}:${lineOf(text, at)}`,
      what:
        'the App Router has no router.events: use usePathname(), or <SessionProvider>, which ' +
        'looks again after every navigation',
    },
  ];
}

// closing returns the index behind the brace that closes the one at `open`.
function closing(code: string, open: number): number {
  let depth = 0;
  for (let i = open; i < code.length; i++) {
    if (code[i] === '{') depth += 1;
    if (code[i] === '}' && --depth === 0) return i + 1;
  }
  return code.length;
}
