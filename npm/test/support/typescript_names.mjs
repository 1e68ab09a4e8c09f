// Where TypeScript's own parser finds the names of modules, to compare with.
import ts from 'typescript';

const MOCK =
  /^(?:(?:vi|vitest|jest)(?:\..*)?\.(?:(?:do|un|dont|set|doUn|deepUn)?mock|(?:doM|dontM|setM|doUnm|deepUnm)ock|import(?:Actual|Mock)|require(?:Actual|Mock)|(?:create|gen)MockFromModule|unstable_(?:un)?mockModule)|(?:.*\.)?mock\.module)$/;
const REQUIRE = /^(?:(?:module\.)?require(?:\.resolve(?:\.paths)?)?|import\.meta\.resolve)$/;

// calledBy prints what is called: `a.b.c`, without the calls in between.
function calledBy(node) {
  if (ts.isIdentifier(node)) return node.text;
  if (ts.isMetaProperty(node)) return 'import.meta';
  if (ts.isCallExpression(node)) return calledBy(node.expression);
  if (!ts.isPropertyAccessExpression(node) || node.questionDotToken) return '?';
  return `${calledBy(node.expression)}.${node.name.text}`;
}

function nameIn(node) {
  if (ts.isImportDeclaration(node) || ts.isExportDeclaration(node)) return node.moduleSpecifier;
  if (ts.isExternalModuleReference(node)) return node.expression;
  if (ts.isImportTypeNode(node)) return node.argument.literal;
  if (ts.isModuleDeclaration(node)) {
    const declares = node.modifiers?.some(({ kind }) => kind === ts.SyntaxKind.DeclareKeyword);
    return declares ? node.name : undefined;
  }
  if (!ts.isCallExpression(node) || node.questionDotToken) return undefined;
  const called = calledBy(node.expression);
  const takesName =
    node.expression.kind === ts.SyntaxKind.ImportKeyword || REQUIRE.test(called) || MOCK.test(called);
  return takesName ? node.arguments[0] : undefined;
}

// parse returns a file, and how many errors it has.
export function parse(path, text) {
  const { TSX, TS, JSX } = ts.ScriptKind;
  const kind = path.endsWith('.tsx') ? TSX : /\.[cm]?ts$/.test(path) ? TS : JSX;
  const file = ts.createSourceFile(path, text, ts.ScriptTarget.Latest, true, kind);
  return [file, file.parseDiagnostics.length];
}

// namesIn returns where the names of modules stand, as `start:end`.
export function namesIn(file) {
  const found = new Set();
  const visit = (node) => {
    const name = nameIn(node);
    if (name && ts.isStringLiteral(name)) found.add(`${name.getStart(file)}:${name.end}`);
    ts.forEachChild(node, visit);
  };
  visit(file);
  return [...found].sort();
}
