import { native } from 'latchkey/native';
import { actingPages } from './actions';
import { redirectInTry, routerEvents, serverInClient, syncCookies, type Finding } from './checks';
import { loginPage, protectedPaths, unguarded } from './guards';
import { conditions, readMatcher, uncovered } from './matcher';
import { modulesOf, reached, type Modules } from './modules';
import { Project } from './project';
import { routesOf, type Route } from './routes';
import { productionNotes, storeInBuild } from './settings';

/** Prints what is wrong with a project; 0 when nothing is. Notes are no faults. */
export function runDoctor(root: string): number {
  const { findings, notes } = examine(new Project(root));
  for (const { where, what } of findings) console.log(`${where}: ${what}`);
  for (const { where, what } of notes) console.log(`note: ${where}: ${what}`);
  const count = findings.length;
  console.log(
    count === 0 ? 'Nothing is wrong.' : `${count} ${count === 1 ? 'thing' : 'things'} to mend.`,
  );
  return count === 0 ? 0 : 1;
}

export function examine(project: Project): { findings: Finding[]; notes: Finding[] } {
  const sources = [...project.sources()];
  const files = modulesOf(sources);
  const routes = routesOf(project.base, files);
  const findings = [
    ...installation(project),
    ...configuration(project),
    ...secret(project),
    ...twoGates(project),
    ...gateFile(project, routes, files),
    ...loginPage(routes, files),
    ...storeInBuild(project, files),
    ...sources.flatMap((file) => [
      ...syncCookies(file),
      ...redirectInTry(file),
      ...serverInClient(file),
      ...routerEvents(file),
    ]),
  ];
  return { findings, notes: productionNotes(project, files) };
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
  const path = project.config;
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
  const isProxy = isProxyFile(path);
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

const isProxyFile = (path: string) => /(?:^|\/)proxy\.\w+$/.test(path);

function twoGates(project: Project): Finding[] {
  const [proxy] = project.gates('proxy');
  const [middleware] = project.gates('middleware');
  if (!proxy || !middleware || project.gate !== 'proxy') return [];
  const what =
    'Next.js 16 stops when it finds both: move what the middleware does into proxy, with compose() ' +
    'of latchkey/next, and delete it';
  return [{ where: `${proxy} and ${middleware}`, what }];
}

function misplaced(project: Project, path: string): Finding[] {
  const name = path.replace(/^src\//, '');
  const right = project.base + name;
  if (path === right) return [];
  return [{ where: path, what: `Next.js does not look for it here: move it to ${right}` }];
}

function gateFile(project: Project, routes: readonly Route[], files: Modules): Finding[] {
  const [path] = [...project.gates('proxy'), ...project.gates('middleware')];
  const text = path === undefined ? null : project.read(path);
  if (path === undefined || text === null || !/latchkey|session/.test(text)) return [];
  const uses = (entry: RegExp) =>
    reached(path, files, project.base).some((module) => entry.test(files.get(module) ?? ''));
  // Middleware with a check of another kind is at home on the edge.
  if (!isProxyFile(path) && !uses(/latchkey\/(?:next|lucia)['"]/)) return [];
  const found = [...misplaced(project, path), ...runsOnNode(project, path, text)];
  const matcher = readMatcher(text);
  if ('problem' in matcher) return [...found, { where: path, what: matcher.problem }];
  const acting = actingPages(routes, files, project.base);
  return [
    ...found,
    ...conditions(path, text),
    ...uncovered(path, matcher.sources, [...new Set([...protectedPaths(text), ...acting])]),
    ...unguarded(path, routes, files, project.base),
  ];
}
