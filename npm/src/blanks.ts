const isBlank = (code: number): boolean => code === 0x20 || code === 0x09;

/**
 * `text` without blanks and tabs at its ends. A regular expression such as /[ \t]+$/ looks at every
 * run of blanks once for each of its characters, and the sender of the header chooses the runs.
 */
export function trimBlanks(text: string): string {
  let start = 0;
  let end = text.length;
  while (start < end && isBlank(text.charCodeAt(start))) start += 1;
  while (end > start && isBlank(text.charCodeAt(end - 1))) end -= 1;
  return text.slice(start, end);
}
