#!/usr/bin/env node
import { runCodemod } from './cli/codemod';
import { runDoctor } from './cli/doctor';
import { runInit } from './cli/init';
import { runMigrate } from './cli/migrate';
import { runSecret } from './cli/secret';

const HELP = `latchkey: sessions for Next.js and Node

  npx latchkey init [--bare] [--force]
                                    write what log-ins need into a project of Next.js, SvelteKit, Hono or
                                    Express: configuration, and unless --bare pages to log in and to sign
                                    up, an account, its devices. What is there stays, unless --force
  npx latchkey secret               print a new secret for SESSION_SECRET
  npx latchkey doctor               look for what commonly goes wrong, and say how to mend it
  npx latchkey codemod imports [--dry] [PATH...]
                                    import the drop-ins instead of lucia, iron-session and jose
  npx latchkey migrate lucia FILE [--session-table NAME] [--user-table NAME] [--hashed]
                                    make a database of Lucia's ready, as it is

Every command works on the project in the current folder.`;

async function main(words: string[]): Promise<number> {
  const [command, ...rest] = words;
  switch (command) {
    case 'init':
      return runInit(process.cwd(), rest);
    case 'secret':
      return runSecret();
    case 'doctor':
      return runDoctor(process.cwd());
    case 'codemod':
      return runCodemod(process.cwd(), rest);
    case 'migrate':
      return runMigrate(process.cwd(), rest);
    case undefined:
    case 'help':
    case '--help':
    case '-h':
      console.log(HELP);
      return 0;
    default:
      console.error(`latchkey: no command ${command}\n\n${HELP}`);
      return 2;
  }
}

void main(process.argv.slice(2)).then((code) => {
  process.exitCode = code;
});
