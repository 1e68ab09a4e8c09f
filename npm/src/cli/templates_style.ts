/**
 * The stylesheet of the pages that `init` writes: light and dark, for a phone and a desk. Every rule
 * is below `.page`, so the rest of the application keeps its looks.
 */
export const STYLESHEET = `.page {
  color-scheme: light dark;
  --paper: #f6f7f9; --card: #ffffff; --ink: #1b1d22; --soft: #5c6370; --line: #b4bac4;
  --accent: #2f55d4; --on-accent: #ffffff; --bad: #b3261e; --good: #1d6b3a;
  box-sizing: border-box; width: 100%; min-height: 100vh; margin: 0; padding: 3rem 1rem;
  background: var(--paper); color: var(--ink); font: 1rem/1.5 system-ui, sans-serif;
}
@media (prefers-color-scheme: dark) {
  .page {
    --paper: #14161a; --card: #1d2026; --ink: #eceef2; --soft: #a4abb8; --line: #59606e;
    --accent: #9db4ff; --on-accent: #10142a; --bad: #ffb4ab; --good: #8fd6a8;
  }
}
.page .card {
  box-sizing: border-box; max-width: 26rem; margin: 0 auto; padding: 2rem 1.5rem;
  border: 1px solid var(--line); border-radius: .75rem; background: var(--card);
}
.page h1 { margin: 0 0 1.25rem; font-size: 1.5rem; line-height: 1.2; font-weight: 650; }
.page h2 { margin: 2rem 0 .75rem; font-size: 1.125rem; font-weight: 650; }
.page p { margin: .75rem 0; }
.page a { color: var(--accent); text-decoration: underline; }
.page .field { margin: 1rem 0; }
.page .field label { display: block; margin: 0 0 .25rem; font-weight: 550; }
.page .field input {
  display: block; box-sizing: border-box; width: 100%; padding: .55rem .7rem; font: inherit;
  border: 1px solid var(--line); border-radius: .4rem; background: var(--card); color: var(--ink);
}
.page .field input[aria-invalid] { border-color: var(--bad); box-shadow: 0 0 0 1px var(--bad); }
.page .check { display: flex; gap: .5rem; align-items: center; margin: 1rem 0; }
.page .check input { width: 1.1rem; height: 1.1rem; margin: 0; accent-color: var(--accent); }
.page [role='alert'] { margin: .35rem 0 0; color: var(--bad); overflow-wrap: anywhere; }
.page [role='status'] { color: var(--good); }
.page button {
  width: 100%; padding: .6rem 1rem; border: 1px solid var(--accent); border-radius: .4rem;
  background: var(--accent); color: var(--on-accent); font: inherit; font-weight: 600; cursor: pointer;
}
.page button:disabled { opacity: .6; cursor: default; }
.page button.quiet { background: transparent; color: var(--accent); }
.page :is(a, button, input):focus-visible { outline: 3px solid var(--accent); outline-offset: 2px; }
.page ul { margin: 1rem 0; padding: 0; list-style: none; }
.page li { padding: .9rem 0; border-top: 1px solid var(--line); }
.page li button { width: auto; margin-top: .5rem; padding: .3rem .75rem; }
.page small { display: block; color: var(--soft); font-size: .875rem; }
`;

/** What a browser calls itself, in words: `Firefox on Linux`. */
export const deviceName = (t: (types: string) => string): string => `\
function nameOf(userAgent${t(': string')})${t(': string')} {
  const find = (names${t(': string[]')}) => names.find((name) => userAgent.includes(name));
  const browser = find(['Edg', 'Firefox', 'Chrome', 'Safari'])?.replace('Edg', 'Edge');
  const system = find(['Android', 'iPhone', 'iPad', 'Windows', 'Mac OS', 'Linux']);
  return browser && system ? \`\${browser} on \${system}\` : browser ?? 'Another program';
}
`;
