import { appendFileSync, mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Project } from './project';

/** Writes a file of ours. What is there already stays, unless it is told `force`. */
export function write(project: Project, path: string, text: string, force: boolean): void {
  const [module] = project.modules(path.replace(/\.\w+$/, ''));
  const existing = module ?? (project.has(path) ? path : undefined);
  if (existing && !(force && existing === path)) {
    console.log(`kept      ${existing}`);
    return;
  }
  mkdirSync(dirname(join(project.root, path)), { recursive: true });
  writeFileSync(join(project.root, path), text);
  console.log(`wrote     ${path}`);
}

/** Keeps the database and secrets out of git. */
export function ignoreData(project: Project): void {
  const before = project.read('.gitignore') ?? '';
  const known = before.split('\n').map((line) => line.trim());
  const missing = ['/data/', '.env*.local'].filter(
    (line) => !known.includes(line) && !(line.startsWith('.env') && known.includes('.env*')),
  );
  if (missing.length === 0) return;
  const gap = before === '' || before.endsWith('\n') ? '' : '\n';
  appendFileSync(join(project.root, '.gitignore'), `${gap}${missing.join('\n')}\n`);
  console.log(`wrote     ${missing.join(' and ')} into .gitignore`);
}
