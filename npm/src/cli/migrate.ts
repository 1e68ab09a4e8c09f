import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { sqlite } from '../lucia/sqlite';
import type { Tables } from '../lucia/adapter';

const USAGE = 'latchkey migrate lucia FILE [--session-table NAME] [--user-table NAME] [--hashed]';

/**
 * Prepares a database of Lucia's: its tables stay as they are, everybody stays signed in; sessions
 * that have expired go, and the indexes come that Lucia's tables lack.
 */
export async function runMigrate(root: string, words: string[]): Promise<number> {
  const [what, file, ...rest] = words;
  const tables: Tables = {};
  for (let i = 0; i < rest.length; i++) {
    const name = rest[i + 1];
    if (rest[i] === '--hashed') tables.hashed = true;
    else if (rest[i] === '--session-table' && name) [tables.session, i] = [name, i + 1];
    else if (rest[i] === '--user-table' && name) [tables.user, i] = [name, i + 1];
    else return misused();
  }
  if (what !== 'lucia' || !file) return misused();
  const path = resolve(root, file);
  if (!existsSync(path)) {
    console.error(`latchkey migrate: there is no ${file}`);
    return 1;
  }
  try {
    const adapter = sqlite(path, tables);
    await adapter.addIndexes();
    await adapter.deleteExpiredSessions();
  } catch (error) {
    console.error(`latchkey migrate: ${error instanceof Error ? error.message : String(error)}`);
    return 1;
  }
  console.log(`${file} is ready: its sessions open with latchkey/lucia as they are.`);
  return 0;
}

function misused(): number {
  console.error(USAGE);
  return 2;
}
