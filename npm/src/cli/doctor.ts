import { native } from 'latchkey/native';
import { actingPages } from './actions';
import { redirectInTry, routerEvents, serverInClient, syncCookies, type Finding } from './checks';
import { readMatcher, uncovered } from './matcher';
import { Project, type SourceFile } from './project';

/** Prints what is wrong with a project; 0 when nothing is. */
export function runDoctor(root: string): number {
  const findings = examine(new Project(root));
  for (const { where, what } of findings) console.log(`${where}: ${what}`);
  const count = findings.length;
  console.log(
    count === 0 ? 'Nothing is wrong.' : `${count} ${count === 1 ? 'thing' : 'things'} to mend.`,
  );
  return count === 0 ? 0 : 1;
}

export function examine(project: Project): Finding[] {
  const files = [...project.sources()];
  return [
    ...installation(project),
    ...configuration(project),
    ...secret(project),
    ...proxyFile(project, files),
    ...files.flatMap((file) => [
      ...syncCookies(file),
      ...redirectInTry(file),
      ...serverInClient(file),
      ...routerEvents(file),
    ]),
  ];
}

function installation(project: Project): Finding[] {
  const found: Finding[] = [];
  if (!project.manifest['dependencies']?.['latchkey']) {
    found.push({
      where: 'package.json',
      what:
        'latchkey is no direct dependency: a package that ' +
        'stays outside of the bundle has to be one',
    });
  }
  const copies = project.copies('latchkey');
  if (copies.length > 1) {
    found.push({
      where: copies.join(' and '),
      what:
        'latchkey is installed more than once: each ' +
        'copy opens the store for itself. `npm dedupe`, or the same version everywhere',
    });
  }
  try {
    native().version();
  } catch (error) {
    found.push({ where: 'latchkey', what: error instanceof Error ? error.message : String(error) });
  }
  return found;
}

function configuration(project: Project): Finding[] {
  if (!project.dependsOn('next')) return [];
  const path = project.find(
    ...['ts', 'mts', 'mjs', 'js', 'cjs'].map((end) => `next.config.${end}`),
  );
  const text = path ? (project.read(path) ?? '') : '';
  const where = path ?? 'next.config.ts';
  if (/serverExternalPackages[^\]]*['"]latchkey['"]/.test(text)) {
    return [
      {
        where,
        what:
          "serverExternalPackages names 'latchkey' as a whole: latchkey/react " +
          "would render with a second React. Name 'latchkey/native', or use withSessions()",
      },
    ];
  }
  if (!/withSessions|latchkey\/native/.test(text)) {
    return [
      {
        where,
        what:
          'the native part would get into the bundle: export default ' +
          "withSessions(...), from 'latchkey/next/config'",
      },
    ];
  }
  return [];
}

function secret(project: Project): Finding[] {
  const path = project.find('.env.local', '.env');
  const line = /^SESSION_SECRET=(.*)$/m.exec(path ? (project.read(path) ?? '') : '');
  const value = line?.[1]?.trim().replace(/^(['"])(.*)\1$/, '$2');
  if (value === undefined || path === null) return [];
  if (Buffer.byteLength(value.split(',')[0] ?? '') >= 32) return [];
  return [
    {
      where: path,
      what: 'SESSION_SECRET has fewer than 32 bytes: `npx latchkey secret` makes one',
    },
  ];
}

// Next.js 16 runs proxy on Node; 15 knows only middleware, which does so from 15.5 on, when it is
// told.
function runsOnNode(project: Project, path: string, text: string): Finding[] {
  const isProxy = path.startsWith(`${project.base}proxy.`);
  const { gate } = project;
  if (gate === null) {
    const what =
      'before Next.js 15.5 nothing but the edge runs ahead of a page, where stored sessions ' +
      'cannot be read: remove it, everything is guarded without it';
    return [{ where: path, what }];
  }
  if (gate === 'middleware' && isProxy) {
    const what =
      'Next.js 15 ignores proxy: rename it to middleware, and its function too, ' +
      "and add runtime: 'nodejs' to its config";
    return [{ where: path, what }];
  }
  if (isProxy || /\bruntime\s*:\s*['"]nodejs['"]/.test(text)) return [];
  const mend =
    gate === 'middleware'
      ? "add runtime: 'nodejs' to its config"
      : 'rename it to proxy, and its function too';
  const what = `middleware runs on the edge, where stored sessions cannot be read: ${mend}`;
  return [{ where: path, what }];
}

function readsStore(project: Project, text: string): boolean {
  const { base } = project;
  const library = project.find(`${base}lib/session.ts`, `${base}lib/session.js`);
  const imported = library && /from\s*['"][^'"]*lib\/session['"]/.test(text);
  const code = imported ? text + project.read(library) : text;
  return /latchkey\/(?:next|lucia)['"]/.test(code);
}

function proxyFile(project: Project, files: SourceFile[]): Finding[] {
  const { base } = project;
  const named = (name: string) => project.find(`${base}${name}.ts`, `${base}${name}.js`);
  const path = named('proxy') ?? named('middleware');
  const text = path ? project.read(path) : null;
  if (path === null || text === null || !/latchkey|session/.test(text)) return [];
  // Middleware with a check of another kind is at home on the edge.
  if (!path.includes('proxy.') && !readsStore(project, text)) return [];
  const found = runsOnNode(project, path, text);
  const matcher = readMatcher(text);
  if ('problem' in matcher) return [...found, { where: path, what: matcher.problem }];
  if (matcher.sources.length > 0 && !text.includes('next-router-prefetch')) {
    found.push({
      where: path,
      what:
        'links that are fetched ahead count as activity: add ' +
        "missing: [{ type: 'header', key: 'next-router-prefetch' }] to the matcher",
    });
  }
  const list = /\bprotected\s*:\s*\[([^\]]*)\]/.exec(text)?.[1] ?? '';
  const guarded = [...list.matchAll(/['"]([^'"]+)['"]/g)].map((match) => match[1]!);
  const paths = new Set([...guarded, ...actingPages(project, files)]);
  return [...found, ...uncovered(path, matcher.sources, [...paths])];
}
