import { existsSync, readdirSync, readFileSync, realpathSync } from 'node:fs';
import { join, posix, relative } from 'node:path';

const SKIPPED = new Set(['node_modules', '.git', '.next', '.svelte-kit', 'dist', 'build', 'out', 'coverage']);
const ENDINGS = ['.ts', '.tsx', '.js', '.jsx', '.mts', '.mjs', '.cts', '.cjs'];
const CODE = /\.(?:[cm]?[jt]s|[jt]sx)$/;

export interface SourceFile {
  /** Below the project's folder. */
  path: string;
  text: string;
}

/** A Next.js project in a folder. */
export class Project {
  readonly manifest: Record<string, Record<string, string> | undefined>;
  /** '' or 'src/'. */
  readonly base: string;
  readonly typescript: boolean;

  constructor(readonly root: string) {
    const manifest = join(root, 'package.json');
    this.manifest = existsSync(manifest) ? JSON.parse(readFileSync(manifest, 'utf8')) : {};
    // As Next.js looks for them: what lies in the project's own folder comes first.
    const folders = ['app', 'pages', 'src/app', 'src/pages'];
    const found = folders.find((folder) => existsSync(join(root, folder)));
    this.base = found?.startsWith('src/') ? 'src/' : '';
    this.typescript = existsSync(join(root, 'tsconfig.json'));
  }

  get extension(): string {
    return this.typescript ? 'ts' : 'js';
  }

  dependsOn(name: string): boolean {
    return [this.manifest['dependencies'], this.manifest['devDependencies']].some(
      (list) => list !== undefined && name in list,
    );
  }

  /** The version of Next.js: the installed one, otherwise the one that is asked for. */
  get next(): { major: number; minor: number } {
    const installed = this.read('node_modules/next/package.json');
    const text = installed
      ? (JSON.parse(installed) as { version: string }).version
      : (this.manifest['dependencies']?.['next'] ?? this.manifest['devDependencies']?.['next']);
    const [, major, minor] = /(\d+)(?:\.(\d+))?/.exec(text ?? '') ?? [];
    // `latest` and the like say nothing; what is newest is what somebody begins with.
    return { major: Number(major ?? Infinity), minor: Number(minor ?? Infinity) };
  }

  /** The file that Next.js runs on Node before a request; null: its version knows none. */
  get gate(): 'proxy' | 'middleware' | null {
    const { major, minor } = this.next;
    if (major >= 16) return 'proxy';
    return major === 15 && minor >= 5 ? 'middleware' : null;
  }

  /** `next.config`, whatever its ending. */
  get config(): string | null {
    return this.find(...['ts', 'mts', 'mjs', 'js', 'cjs'].map((end) => `next.config.${end}`));
  }

  /** Files that run before a request: where Next.js looks, and where it would after a move. */
  gates(name: 'proxy' | 'middleware'): string[] {
    const places = [...new Set([this.base, '', 'src/'])];
    return places.flatMap((base) => this.modules(base + name));
  }

  /** Every file of code with this path, whatever its ending. */
  modules(path: string): string[] {
    return ENDINGS.map((end) => path + end).filter((file) => this.has(file));
  }

  /** How one file imports another, both without their endings: by `@/` where the project has it. */
  importOf(from: string, to: string): string {
    const text = this.read('tsconfig.json') ?? this.read('jsconfig.json') ?? '';
    const target = /"@\/\*"\s*:\s*\[\s*"(?:\.\/)?([^"]*)\*"/.exec(text)?.[1];
    if (target !== undefined && to.startsWith(target)) return `@/${to.slice(target.length)}`;
    const path = posix.relative(posix.dirname(from), to);
    return path.startsWith('.') ? path : `./${path}`;
  }

  has(path: string): boolean {
    return existsSync(join(this.root, path));
  }

  read(path: string): string | null {
    return this.has(path) ? readFileSync(join(this.root, path), 'utf8') : null;
  }

  /** The first of these paths that is there. */
  find(...paths: string[]): string | null {
    return paths.find((path) => this.has(path)) ?? null;
  }

  /** Every file of code, but what was installed or built. */
  *sources(folder = ''): Generator<SourceFile> {
    for (const path of this.files(folder)) {
      if (CODE.test(path)) yield { path, text: readFileSync(join(this.root, path), 'utf8') };
    }
  }

  /** Every file below a folder, which need not be there, but what was installed or built. */
  *files(folder = ''): Generator<string> {
    if (!this.has(folder)) return;
    const entries = readdirSync(join(this.root, folder), { withFileTypes: true });
    for (const entry of entries.sort((a, b) => (a.name < b.name ? -1 : 1))) {
      const path = join(folder, entry.name);
      if (entry.isDirectory() && !SKIPPED.has(entry.name)) yield* this.files(path);
      if (entry.isFile()) yield path;
    }
  }

  /** Folders of installed packages of this name, without those that are links to another. */
  copies(name: string): string[] {
    const real = (path: string) => realpathSync(join(this.root, path));
    return [...new Map([...this.installed(name)].map((path) => [real(path), path])).values()];
  }

  // At any depth; pnpm keeps what it installs in a folder of its own, one below for each package.
  private *installed(name: string, folder = 'node_modules'): Generator<string> {
    const place = join(this.root, folder);
    if (!existsSync(place)) return;
    if (existsSync(join(place, name, 'package.json'))) yield relative(this.root, join(place, name));
    for (const entry of readdirSync(place, { withFileTypes: true })) {
      if (!entry.isDirectory() || entry.name === '.bin') continue;
      const inner = /^(@|\.pnpm$)/.test(entry.name)
        ? readdirSync(join(place, entry.name)).map((scoped) => join(entry.name, scoped))
        : [entry.name];
      for (const found of inner) yield* this.installed(name, join(folder, found, 'node_modules'));
    }
  }
}

/** Comments and text become blanks, so that what is left is code; line breaks stay. */
export function codeOnly(text: string): string {
  const pattern = /\/\/[^\n]*|\/\*[\s\S]*?\*\/|'(?:\\.|[^'\\\n])*'|"(?:\\.|[^"\\\n])*"/g;
  return text.replace(pattern, (found) => found.replace(/[^\n]/g, ' '));
}

export function lineOf(text: string, index: number): number {
  return text.slice(0, index).split('\n').length;
}
