// The rows of tests/auth_cases/requests.jsonl, and the clients they name.
import { readFileSync } from 'node:fs';
import { setCookiesOf } from './headers.mjs';

const file = new URL('../../../tests/auth_cases/requests.jsonl', import.meta.url);
export const rows = readFileSync(file, 'utf8').trim().split('\n').map((line) => JSON.parse(line));

const SECRETS = { a: 'kR7vN2pQ9sT4wX1zB6dF3gH8jL5mC0aE', b: 'Zq3xW8eR5tY2uI9oP4aS7dF0gH6jK1lZ' };
const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
export const DAY = 24 * HOUR;
export const NOW = 1_700_000_000_000;

const SITES = {
  http: {},
  https: { publicUrl: 'https://app.example.com' },
  domain: { publicUrl: 'https://app.example.com', cookie: { domain: 'example.com' } },
  former: { publicUrl: 'https://app.example.com',
    cookie: { name: 'sid', former: [{ domain: 'example.com' }, { path: '/app' }] } },
  lucia: { preset: 'lucia' },
  chunks: { maxChunks: 4 },
};
// What npm has no setting, or no call, for.
const NO_CLIENTS = /^(bearer|foreign|user_and_foreign|disabled|many_lines)/;

/** settingsOf returns how a row's site is configured; null when that cannot be. */
export function settingsOf(row) {
  const site = SITES[row.site ?? 'http'];
  if (!site || NO_CLIENTS.test(row.client ?? '') || 'authorization' in lower(row.request.headers)) return null;
  // Servers of Node.js do not tell latchkey the peer's address.
  if (row.request.peer === '192.0.2.7') return null;
  const carrier = row.carrier ?? 'stored';
  return { publicUrl: 'http://localhost:8080', carrier, ...(carrier !== 'stored' && { secret: SECRETS.a }),
    ...site };
}

export const lower = (headers) =>
  Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));

/** brief names what a Set-Cookie value does, as the rows do. */
export function brief(line) {
  const [pair, ...attributes] = line.split('; ');
  const deletes = attributes.includes('Max-Age=0');
  const where = attributes.filter((one) => /^(Domain|Path)=/.test(one) && one !== 'Path=/')
    .sort().map((one) => `; ${one}`);
  return `${deletes ? 'delete' : 'set'} ${pair.slice(0, pair.indexOf('='))}${where.join('')}`;
}

const pairsOf = (lines) => lines.filter((line) => brief(line).startsWith('set'))
  .map((line) => line.slice(0, line.indexOf(';')));

/**
 * bringClient lets happen what the row's client is named for. Returns its Cookie line, a token whose
 * last use can be asked for, and the sessions that judge it: with other keys they are others.
 */
export async function bringClient(row, settings, open, clock) {
  const { client = '' } = row;
  let sessions = open(settings);
  const { name } = sessions.cookie;
  if (client === '') return { sessions, cookie: null };
  if (client === 'garbage') return { sessions, cookie: `${name}=x` };
  const own = { method: 'POST', headers: { origin: settings.publicUrl } };
  if (client === 'guest') {
    const { token, session } = await sessions.createGuest();
    const cookie = pairsOf(sessions.setCookies(token, session)).join('; ');
    return { sessions, cookie, token };
  }
  const attributes = client.endsWith('chunked') ? { attributes: { big: 'b'.repeat(5000) } } : {};
  const made = await sessions.change(own, 'logInUser', { userId: 'ann', ...attributes });
  let pairs = pairsOf(setCookiesOf(made.headers));
  const token = sessions.readCookie(pairs.join('; '));
  const idle = row.site === 'lucia' ? 30 * DAY : 14 * DAY;
  if (client === 'user_idle' || client === 'old_snapshot') clock.tick(2 * MINUTE);
  if (client === 'user_half_life') clock.tick(idle / 2 + HOUR);
  if (client === 'expired') clock.tick(idle + HOUR);
  if (client === 'revoked') await sessions.change({ ...own, cookie: pairs.join('; ') }, 'logOut');
  if (client === 'old_key') sessions = open({ ...settings, secret: [SECRETS.b, SECRETS.a] });
  if (client === 'unknown_key') sessions = open({ ...settings, secret: SECRETS.b });
  if (client === 'forged') pairs = [pairs[0].slice(0, -1) + (pairs[0].endsWith('A') ? 'B' : 'A')];
  if (client === 'half_chunked') pairs = pairs.slice(1);
  if (client.startsWith('doubled')) pairs.push(`${name}=x`);
  return { sessions, cookie: pairs.join('; '), token };
}

/** lastSeen tells when a session was used last; undefined for what is no row. */
export async function lastSeen(sessions, row, token) {
  if (token === undefined || ['sealed', 'signed'].includes(row.carrier)) return undefined;
  await sessions.flush();
  return sessions.validate(token, { touch: false, fresh: true }).session?.lastSeenAt.getTime();
}
