import { statSync, writeFileSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Project, type SourceFile } from './project';

const STAND_INS: Readonly<Record<string, string>> = {
  lucia: 'latchkey/lucia',
  'iron-session': 'latchkey/iron-session',
  'iron-session/edge': 'latchkey/iron-session',
  jose: 'latchkey/jose',
  'next-auth/react': 'latchkey/react',
};

/** Replaces the module names of import, export, require and import(). */
export function replaceImports(text: string): { text: string; names: string[] } {
  const names: string[] = [];
  const pattern = /(\bfrom\s*|\bimport\s*\(?\s*|\brequire\s*\(\s*)(['"])([^'"\n]+)\2/g;
  const replaced = text.replace(pattern, (whole, before: string, quote: string, name: string) => {
    const standIn = Object.hasOwn(STAND_INS, name) ? STAND_INS[name] : undefined;
    if (!standIn) return whole;
    names.push(name);
    return `${before}${quote}${standIn}${quote}`;
  });
  return { text: replaced, names };
}

export function runCodemod(root: string, words: string[]): number {
  const [what, ...rest] = words;
  if (what !== 'imports') {
    console.error('latchkey codemod: the one there is, is `codemod imports [--dry] [PATH...]`');
    return 2;
  }
  const dry = rest.includes('--dry');
  const paths = rest.filter((word) => !word.startsWith('--'));
  const project = new Project(root);
  let changed = 0;
  for (const file of filesOf(project, paths)) {
    const { text, names } = replaceImports(file.text);
    if (names.length === 0) continue;
    changed += 1;
    if (!dry) writeFileSync(join(root, file.path), text);
    console.log(`${file.path}: ${[...new Set(names)].join(', ')}`);
  }
  console.log(`${changed} ${changed === 1 ? 'file' : 'files'} ${dry ? 'would change' : 'changed'}`);
  return 0;
}

function* filesOf(project: Project, paths: string[]): Generator<SourceFile> {
  if (paths.length === 0) yield* project.sources();
  for (const path of paths) {
    if (statSync(join(project.root, path)).isDirectory()) yield* project.sources(path);
    else yield { path, text: readFileSync(join(project.root, path), 'utf8') };
  }
}
