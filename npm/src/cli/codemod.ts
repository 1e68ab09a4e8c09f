import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { writeConfig } from './init';
import { moduleNames, type ModuleName } from './module_names';
import { lineOf, Project, type SourceFile } from './project';

const STAND_INS: Readonly<Record<string, string>> = {
  lucia: 'latchkey/lucia',
  'iron-session': 'latchkey/iron-session',
  'iron-session/edge': 'latchkey/iron-session',
  jose: 'latchkey/jose',
  ...Object.fromEntries(
    [
      ...['errors', 'base64url', 'decode/protected_header', 'jwt/decode', 'jwt/decrypt'],
      ...['jwt/encrypt', 'jwt/sign', 'jwt/unsecured', 'jwt/verify'],
    ].map((path) => [`jose/${path}`, `latchkey/jose/${path}`]),
  ),
  'next-auth/react': 'latchkey/react',
};
const PACKAGE = /^(?:lucia|iron-session|jose|next-auth)(?=\/|$)/;

/** What the packages export and their stand-ins do not. */
const ABSENT: Readonly<Record<string, RegExp>> = {
  jose: new RegExp(
    '^(?:(?:Compact|Flattened|General)(?:Sign|Encrypt|(?:Verify|Decrypt)GetKey)|' +
      '(?:compact|flattened|general)(?:Verify|Decrypt)|calculateJwkThumbprint(?:Uri)?|' +
      'EmbeddedJWK|create(?:Local|Remote)JWKSet|(?:Local|Remote)JWKSet(?:Options)?|customFetch|' +
      'jwksCache|JWKSCacheInput|ExportedJWKSCache|FetchImplementation|export(?:JWK|PKCS8|SPKI)|' +
      'import(?:JWK|PKCS8|SPKI|X509)|KeyImportOptions|generate(?:KeyPair|Secret)|' +
      'Generate(?:KeyPair|Secret)(?:Algorithm|Options|Result)|Recipient|Signature)$',
  ),
  'iron-session':
    /^(?:create(?:SealData|UnsealData|GetIronSession)|IronSession(?:Data|Options))$/,
  'next-auth/react':
    /^(?:signIn|getCsrfToken|getProviders|SessionContext|__NEXTAUTH)$/,
};

export interface Replaced {
  text: string;
  /** The names that were replaced. */
  names: string[];
  /** What was left alone, and why. */
  left: { line: number; what: string }[];
}

function reasonToLeave({ name, imported, doubt }: ModuleName): string | undefined {
  switch (doubt) {
    case 'template':
      return 'it stands in a template';
    case 'computed':
      return 'it is a part of something that is put together';
    case 'comment':
      return 'it stands in a comment';
    case 'string':
      return 'an ordinary string; if it names the module, change it';
  }
  const standIn = STAND_INS[name];
  if (standIn === undefined) return 'it has no counterpart in latchkey';
  const missing = imported.filter((one) => ABSENT[name]?.test(one));
  if (missing.length === 0) return undefined;
  return `${missing.join(', ')} ${missing.length === 1 ? 'is' : 'are'} not in ${standIn}: import ${
    missing.length === 1 ? 'it' : 'them'
  } in a line of its own`;
}

/** Replaces the names of modules, and nothing else. Nothing when the file cannot be read. */
export function replaceImports(text: string, jsx: boolean): Replaced | undefined {
  const found = moduleNames(text, jsx);
  if (!found) return undefined;
  const replaced: Replaced = { text: '', names: [], left: [] };
  let from = 0;
  for (const one of found) {
    if (!PACKAGE.test(one.name)) continue;
    // An ordinary string may be any text; only what names a module as a whole is worth a line.
    if (one.doubt === 'string' && !Object.hasOwn(STAND_INS, one.name)) continue;
    const reason = reasonToLeave(one);
    if (reason !== undefined) {
      replaced.left.push({ line: lineOf(text, one.start), what: `'${one.name}': ${reason}` });
      continue;
    }
    replaced.names.push(one.name);
    replaced.text += text.slice(from, one.start + 1) + (STAND_INS[one.name] as string);
    from = one.end - 1;
  }
  replaced.text += text.slice(from);
  return replaced;
}

// In TypeScript without elements `<T>value` is a cast.
const hasElements = (path: string): boolean => !/\.[cm]?ts$/.test(path);

export function runCodemod(root: string, words: string[]): number {
  const [what, ...rest] = words;
  if (what !== 'imports') {
    console.error('latchkey codemod: the one there is, is `codemod imports [--dry] [PATH...]`');
    return 2;
  }
  const dry = rest.includes('--dry');
  const paths = rest.filter((word) => !word.startsWith('--'));
  const project = new Project(root);
  const left: string[] = [];
  let changed = 0;
  for (const file of filesOf(project, paths)) {
    const replaced = replaceImports(file.text, hasElements(file.path));
    if (!replaced) {
      left.push(`${file.path}: it ends in the middle of something, and was not read`);
      continue;
    }
    left.push(...replaced.left.map((one) => `${file.path}:${one.line}: ${one.what}`));
    if (replaced.names.length === 0) continue;
    changed += 1;
    if (!dry) writeFileSync(join(root, file.path), replaced.text);
    console.log(`${file.path}: ${[...new Set(replaced.names)].join(', ')}`);
  }
  console.log(`${changed} ${changed === 1 ? 'file' : 'files'} ${dry ? 'would change' : 'changed'}`);
  if (left.length > 0) console.log(`\nLeft as it is:\n${left.join('\n')}`);
  if (changed > 0) finish(project, dry);
  return 0;
}

// The native part has to stay out of the bundle, which the packages before had none of.
function finish(project: Project, dry: boolean): void {
  if (!project.dependsOn('next')) return;
  console.log();
  writeConfig(project, dry);
  console.log('`npx latchkey doctor` tells whether everything is in place.');
}

function* filesOf(project: Project, paths: string[]): Generator<SourceFile> {
  if (paths.length === 0) yield* project.sources();
  for (const path of paths) {
    if (statSync(join(project.root, path)).isDirectory()) yield* project.sources(path);
    else yield { path, text: readFileSync(join(project.root, path), 'utf8') };
  }
}
