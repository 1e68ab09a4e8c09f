const SAID = Symbol.for('latchkey.next.warnings');

/** Prints a line once in a process, however many bundles this module is in. */
export function warnOnce(text: string): void {
  const kept = globalThis as { [SAID]?: Set<string> };
  const said = (kept[SAID] ??= new Set());
  if (said.has(text)) return;
  said.add(text);
  console.warn(`latchkey/next: ${text}`);
}
