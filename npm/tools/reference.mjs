// Writes docs/npm/reference.md from the types in dist/: what each entry exports, its signature and
// the comment on it. With --check it only tells whether the file is what the types say.
import { readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const target = join(root, '../docs/npm/reference.md');
const pkg = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));

// The most specific entry describes a name, the others refer to it. `native` is not for programs.
const ENTRIES = ['./next', './next/config', './react', './client', './jotai', './testing', './lucia',
  './iron-session', './jose', './guard', '.'];
const name = (entry) => `latchkey${entry.slice(1)}`;
const typesOf = (entry) => join(root, pkg.exports[entry].require.types);

const program = ts.createProgram(ENTRIES.map(typesOf), { module: ts.ModuleKind.Node16, skipLibCheck: true });
const checker = program.getTypeChecker();
const described = new Map(); // symbol -> entry

function exportsOf(file) {
  return checker.getExportsOfModule(checker.getSymbolAtLocation(program.getSourceFile(file)));
}

const resolved = (symbol) =>
  symbol.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(symbol) : symbol;

// A variable's declaration is only a part of its statement.
const statementOf = (node) => (ts.isVariableDeclaration(node) ? node.parent.parent : node);

// What is private of a class goes, with the comment on it.
function textOf(node) {
  const file = node.getSourceFile();
  let [text, from] = ['', node.getStart(file)];
  for (const member of ts.isClassDeclaration(node) ? node.members : []) {
    const hidden = member.name && ts.isPrivateIdentifier(member.name);
    if (!hidden && !(ts.getCombinedModifierFlags(member) & ts.ModifierFlags.Private)) continue;
    text += file.text.slice(from, member.getFullStart());
    from = member.end;
  }
  return text + file.text.slice(from, node.end);
}

function signature(node) {
  return textOf(statementOf(node))
    .replace(/^export (?:default )?/, '').replace(/^declare /, '')
    .replace(/import\("[^"]+"\)\./g, '')
    .split('\n')
    .map((line) => line.replace(/^(?: {4})+/, (indent) => ' '.repeat(indent.length / 2)))
    .join('\n');
}

const comment = (symbol) => ts.displayPartsToString(symbol.getDocumentationComment(checker)).trim();

function describe(exported) {
  const symbol = resolved(exported);
  const nodes = symbol.declarations ?? [];
  // `export * as errors` is a module: its own exports are what there is to say.
  const code = nodes.some(ts.isSourceFile)
    ? `namespace ${exported.name} { ${checker.getExportsOfModule(symbol).map((one) => one.name).sort().join(', ')} }`
    : nodes.map(signature).join('\n');
  const text = comment(symbol);
  return `### ${exported.name}\n${text === '' ? '' : `${text}\n\n`}\`\`\`ts\n${code}\n\`\`\`\n`;
}

function section(entry) {
  const known = exportsOf(typesOf(entry)).sort((a, b) => (a.name < b.name ? -1 : 1));
  const [again, own] = [[], []];
  for (const exported of known) {
    const symbol = resolved(exported);
    if (described.has(symbol)) again.push(`\`${exported.name}\` (${described.get(symbol)})`);
    else {
      described.set(symbol, name(entry));
      own.push(describe(exported));
    }
  }
  const rest = again.length === 0 ? '' : `Also: ${again.join(', ')}.\n\n`;
  return `## ${name(entry)}\n${rest}${own.join('\n')}`;
}

const text = `# Reference of the npm package
Written from the types by \`npm/tools/reference.mjs\`; do not edit it. The guides: [next.md](next.md), [sessions.md](sessions.md),
[lucia.md](lucia.md), [iron-session.md](iron-session.md), [jose.md](jose.md).

${ENTRIES.map(section).join('\n')}`;

if (!process.argv.includes('--check')) writeFileSync(target, text);
else if (readFileSync(target, 'utf8') !== text) {
  console.error('docs/npm/reference.md is not what the types say: node npm/tools/reference.mjs');
  process.exitCode = 1;
}
