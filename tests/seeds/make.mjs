// Makes the application out of the texts' code: node make.mjs FOLDER. The folder has node_modules.
import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { FILES } from './errata.mjs';

const here = fileURLToPath(new URL('.', import.meta.url));

// Text whose line breaks were lost gets them back before what begins a statement.
function breakLines(text) {
  return text
    .replace(/^\/\/ \S+ /, '')
    .replace(/ (?=(?:import|export|const|return|await|try|\.|\/\/ \d)\b|cookieStore\.|\} from|\.\w+\()/g, '\n')
    .replace(/\n(\} from|from)/g, ' $1')
    .replace(/(\/\/ \d\. (?:Create a session in the database|Encrypt the session ID|Store the session in cookies for optimistic auth checks)) /g, '$1\n')
    .replace(/(\/\/ Return the session ID) /g, '$1\n')
    .replace(/ \/\/ /g, '\n// ');
}

export function assemble({ target, blocks, edits, lines }) {
  let text = blocks.map((name) => readFileSync(join(here, 'blocks', name), 'utf8'))
    .map((block) => (lines ? `${breakLines(block)}\n` : block)).join('\n');
  for (const edit of edits) {
    if (edit.before !== undefined) {
      text = edit.before + text;
    } else if (text.split(edit.from).length !== 2) {
      throw new Error(`${target}: the text to change is not there once: ${edit.from}\n${text}`);
    } else {
      text = text.replace(edit.from, () => edit.to);
    }
  }
  return text;
}

const folder = resolve(process.argv[2]);
cpSync(join(here, 'scaffold'), folder, { recursive: true });
for (const file of FILES) {
  const path = join(folder, file.target);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, assemble(file));
}
const codemod = spawnSync(process.execPath,
  [join(folder, 'node_modules/latchkey/dist/cli.js'), 'codemod', 'imports'],
  { cwd: folder, encoding: 'utf8', timeout: 30_000 });
process.stdout.write(codemod.stdout + codemod.stderr);
process.exitCode = codemod.status;
