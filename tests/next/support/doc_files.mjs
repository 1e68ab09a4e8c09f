// Writes the code of a page of the documentation into an application: each block that begins with
// the name of its file. node doc_files.mjs PAGE FOLDER
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

const [page, folder] = process.argv.slice(2);
const blocks = [...readFileSync(page, 'utf8').matchAll(/^```\w+\n\/\/ (\S+\.m?[jt]sx?)\n(.*?)^```$/gms)];
if (blocks.length === 0) throw new Error(`${page} has no block that names its file`);
for (const [, path, code] of blocks) {
  const file = join(folder, path);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, code);
}
