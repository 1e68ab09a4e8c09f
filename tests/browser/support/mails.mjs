// The mails that a server leaves in its spool.
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

/** Settings for startServer. */
export const spooled = (folder) => ({ 'mail.spool': join(folder, 'spool') });

/** The mails so far, oldest first. */
export async function mails(server) {
  const folder = join(server.folder, 'spool');
  const names = (await readdir(folder)).filter((name) => name.endsWith('.json')).sort();
  return Promise.all(names.map(async (name) => JSON.parse(await readFile(join(folder, name), 'utf8'))));
}

/** The newest of `count` mails, once there are as many. */
export async function nthMail(server, count) {
  for (let tries = 0; tries < 400; tries++) {
    const all = await mails(server);
    if (all.length >= count) return all[count - 1];
    await sleep(50);
  }
  throw new Error(`there are no ${count} mails after 20 s`);
}
