// The session of iron-session 9.

import { readConfig, type Config } from './config';
import { setCookieLine } from './cookie_line';
import { Revocation, type RevocationBackend, type SessionData } from './revocation';
import { sealWith, unsealWith, type SealCodec } from './seal_data';
import type { CookieJar, CookieOptions, SessionOptions } from './types';

const MAX_COOKIE = 4096;
const MAX_CHUNKS = 4;
const encoder = new TextEncoder();

const chunkName = (name: string, index: number): string => `${name}.${index}`;

function bytesOf(name: string, value: string, options: CookieOptions): number {
  const line = setCookieLine(name, value, options, 9);
  // A line is as long as it has characters, unless somebody put others into the options.
  return /^[\0-\x7f]*$/.test(line) ? line.length : encoder.encode(line).length;
}

/** The seal, from one cookie or from chunks up to the first that is missing. */
function readSeal(jar: CookieJar, name: string): string {
  const whole = jar.read(name);
  if (whole) return whole;
  let seal = '';
  for (let index = 0; index < MAX_CHUNKS; index++) {
    const chunk = jar.read(chunkName(name, index));
    if (!chunk) break;
    seal += chunk;
  }
  return seal;
}

/** Deletes what an earlier save left in the browser: leftovers would spoil the next seal. */
function deleteLeftovers(jar: CookieJar, config: Config, whole: boolean, fromChunk: number): void {
  const { cookieName, cookieOptions } = config;
  const stale = whole ? [cookieName] : [];
  for (let index = fromChunk; index < MAX_CHUNKS; index++) stale.push(chunkName(cookieName, index));
  for (const name of stale) {
    if (jar.read(name)) jar.write(name, '', { ...cookieOptions, maxAge: 0 });
  }
}

function tooLong(jar: CookieJar, config: Config, bytes: number): Error {
  const start = `iron-session: Cookie length is too big (${bytes} bytes)`;
  if (jar.read(chunkName(config.cookieName, 0))) {
    return new Error(
      `${start} and \`chunk\` is not enabled here, but this session is already stored across ` +
        'several cookies. You have more than one options object and only some of them set ' +
        '`chunk: true`. Use the same options everywhere you call getIronSession, including ' +
        'middleware.',
    );
  }
  return new Error(
    `${start}, browsers will refuse it. Remove some data from the session, or set ` +
      '`chunk: true` to split it across several cookies.',
  );
}

function cut(config: Config, seal: string): string[] {
  const overhead = bytesOf(chunkName(config.cookieName, 0), '', config.cookieOptions);
  const budget = MAX_COOKIE - overhead;
  if (budget <= 0) {
    throw new Error(
      `iron-session: The cookie name and options alone take ${overhead} bytes, which leaves no ` +
        'room for session data. Use a shorter cookie name.',
    );
  }
  const count = Math.ceil(seal.length / budget);
  if (count > MAX_CHUNKS) {
    throw new Error(
      `iron-session: The session needs ${count} cookies and the maximum is ${MAX_CHUNKS}. ` +
        `Even at ${MAX_CHUNKS} the whole Cookie header is sent on every request and proxies ` +
        'commonly cap it at 8 KB, so raising this would fail at your CDN instead. Store an id in ' +
        'the session and keep the data in your database.',
    );
  }
  return Array.from({ length: count }, (_, i) => seal.slice(i * budget, (i + 1) * budget));
}

function writeSeal(jar: CookieJar, config: Config, seal: string): void {
  const { cookieName, cookieOptions } = config;
  const bytes = bytesOf(cookieName, seal, cookieOptions);
  if (bytes <= MAX_COOKIE) {
    jar.write(cookieName, seal, cookieOptions);
    deleteLeftovers(jar, config, false, 0);
    return;
  }
  if (!config.chunk) throw tooLong(jar, config, bytes);
  const chunks = cut(config, seal);
  chunks.forEach((chunk, index) => {
    jar.write(chunkName(cookieName, index), chunk, cookieOptions);
  });
  deleteLeftovers(jar, config, true, chunks.length);
}

function refusePastExpiry({ expires }: CookieOptions): void {
  if (!(expires instanceof Date) || !(expires.getTime() < Date.now())) return;
  throw new Error(
    `iron-session: Bad usage. cookieOptions.expires is in the past (${expires.toISOString()}), ` +
      'so the browser will discard the cookie and the session will never persist. This usually ' +
      'means the Date was created once at module scope. Use `ttl` instead.',
  );
}

const SAVE_AFTER_DESTROY =
  'iron-session: Cannot save a destroyed session that has data written back into it. ' +
  'session.destroy() signs the user out, and saving these fields would restore the cookie you ' +
  'just cleared, leaving the user signed in. Get a fresh session if you need to write one.';

function isObject(value: unknown): value is SessionData {
  return typeof value === 'object' && value !== null;
}

async function open(
  codec: SealCodec,
  jar: CookieJar,
  config: Config,
  revocation: Revocation | undefined,
): Promise<SessionData> {
  const seal = readSeal(jar, config.cookieName);
  if (!seal) return {};
  // A seal may hold anything; only an object is a session.
  const data = await unsealWith(codec, seal, config);
  if (!isObject(data)) return {};
  return !revocation || (await revocation.admit(seal, data)) ? data : {};
}

/** Reads the session in `jar`. A cookie that does not open is an empty session. */
export async function openSession(
  codec: SealCodec,
  backend: RevocationBackend,
  jar: CookieJar,
  options: SessionOptions,
): Promise<SessionData> {
  let config = readConfig(options);
  let { store } = options;
  let revocation = Revocation.from(backend, store);
  let destroyed = false;
  const session = await open(codec, jar, config, revocation);

  const save = async (): Promise<void> => {
    if (destroyed) {
      if (Object.keys(session).length === 0) return;
      throw new Error(SAVE_AFTER_DESTROY);
    }
    jar.assertWritable?.();
    refusePastExpiry(config.cookieOptions);
    const data = revocation ? revocation.label(session) : session;
    writeSeal(jar, config, await sealWith(codec, data, config));
  };
  const destroy = (): Promise<void> => {
    destroyed = true;
    for (const name of Object.keys(session)) delete session[name];
    jar.write(config.cookieName, '', { ...config.cookieOptions, maxAge: 0 });
    deleteLeftovers(jar, config, false, 0);
    return revocation ? revocation.end(config.ttl) : Promise.resolve();
  };
  const updateConfig = (changed: SessionOptions): void => {
    config = readConfig(changed);
    if (changed.store === store) return;
    store = changed.store;
    revocation = Revocation.from(backend, store, revocation);
  };
  return Object.defineProperties(session, {
    updateConfig: { value: updateConfig },
    save: { value: save },
    destroy: { value: destroy },
  });
}
