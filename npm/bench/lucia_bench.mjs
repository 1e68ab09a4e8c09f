// latchkey/lucia beside lucia 3 on better-sqlite3: the same rows, each in a file of its own.
import { copyFileSync, mkdtempSync, rmSync } from 'node:fs';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Sessions } from 'latchkey';
import { Lucia, sqlite } from 'latchkey/lucia';
import { check, importPeer, requirePeer } from './harness.mjs';

export const peers = 'compiled'; // better-sqlite3

const ROWS = 100_000;
const sessionId = (i) => `s${String(i).padStart(39, '0')}`;
const SPREAD = 7919; // visits rows far apart, so that pages come from everywhere

function fill(path) {
  const Database = requirePeer('better-sqlite3');
  const database = new Database(path);
  database.pragma('journal_mode = WAL');
  database.exec(`CREATE TABLE user(id TEXT NOT NULL PRIMARY KEY, username TEXT NOT NULL);
    CREATE TABLE session(id TEXT NOT NULL PRIMARY KEY, expires_at INTEGER NOT NULL,
      user_id TEXT NOT NULL, FOREIGN KEY(user_id) REFERENCES user(id));`);
  const end = Math.floor(Date.now() / 1000) + 25 * 86_400; // no renewal is due
  const user = database.prepare('INSERT INTO user VALUES(?, ?)');
  const session = database.prepare('INSERT INTO session VALUES(?, ?, ?)');
  database.transaction(() => {
    for (let i = 0; i < ROWS / 10; ++i) user.run(`u${i}`, `user${i}`);
    for (let i = 0; i < ROWS; ++i) session.run(sessionId(i), end, `u${i % (ROWS / 10)}`);
  })();
  database.close();
}

async function validate(compare) {
  const folder = mkdtempSync(join(tmpdir(), 'latchkey-bench-'));
  const [mine, peers] = ['ours.db', 'theirs.db'].map((name) => join(folder, name));
  fill(mine);
  copyFileSync(mine, peers);
  const real = await importPeer('lucia');
  const { BetterSqlite3Adapter } = await importPeer('@lucia-auth/adapter-sqlite');
  const database = new (requirePeer('better-sqlite3'))(peers);
  const names = { user: 'user', session: 'session' };
  const options = { getUserAttributes: ({ username }) => ({ username }) };
  const adapter = sqlite(mine);
  const ours = new Lucia(adapter, options);
  const theirs = new real.Lucia(new BetterSqlite3Adapter(database, names), options);
  for (const lucia of [ours, theirs]) {
    const { user } = await lucia.validateSession(sessionId(7));
    check(user?.username === 'user7', 'the session is found');
    check((await lucia.validateSession('unknown')).session === null, 'others are not');
  }
  const ids = Array.from({ length: 1 << 15 }, (_, i) => sessionId((i * SPREAD) % ROWS));
  const result = await compare({
    budget: 5,
    peer: 'lucia 3.2.2 on better-sqlite3',
    ours: (i) => ours.validateSession(ids[i % ids.length]),
    theirs: (i) => theirs.validateSession(ids[i % ids.length]),
  });
  database.close();
  await adapter.close();
  rmSync(folder, { recursive: true });
  return result;
}

const LOGINS = 50;

// How late a timer of 1 ms was at worst while `step` ran: the median over as many as LOGINS.
async function worstDelay(step) {
  const worst = [];
  for (let i = 0; i < LOGINS; ++i) {
    const delay = monitorEventLoopDelay({ resolution: 1 });
    delay.enable();
    await step();
    delay.disable();
    worst.push(delay.max / 1e6);
  }
  return worst.sort((a, b) => a - b)[LOGINS >> 1];
}

// How long the event loop stands still at most while somebody logs in with a password. The machine
// makes timers late without a login, too, so that is told beside it.
async function stall() {
  const sessions = new Sessions({ store: 'memory:bench' });
  const credentials = { username: 'ada', password: 'correct horse battery staple' };
  const { rejection } = await sessions.accounts.signUp(credentials);
  check(rejection === null, 'the user signs up');
  const value = await worstDelay(async () => {
    check((await sessions.accounts.logIn(credentials)).rejection === null, 'the user logs in');
  });
  const idle = await worstDelay(() => sleep(60));
  const unit = `ms (worst delay of the median login; ${idle.toFixed(2)} without one)`;
  return { value, unit, budget: 5 };
}

export const benchmarks = [
  {
    name: 'addon_validate_sqlite',
    what: 'validateSession with its user, 100 000 rows of Lucia in SQLite',
    run: validate,
  },
  { name: 'addon_login_stall', what: 'the event loop while a password is hashed', run: stall },
];
