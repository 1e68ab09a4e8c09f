// The session of iron-session 9.

import { readConfig, type Config } from './config';
import { setCookieLine } from './cookie_line';
import { ResponseCookies, Turns } from './response_cookies';
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

// All cookies that a session of this name can take.
function familyOf(name: string): string[] {
  return [name, ...Array.from({ length: MAX_CHUNKS }, (_, index) => chunkName(name, index))];
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

// What is left of an earlier save would spoil the next seal: it is deleted.
function writeSeal(cookies: ResponseCookies, jar: CookieJar, config: Config, seal: string): void {
  const { cookieName, cookieOptions } = config;
  const bytes = bytesOf(cookieName, seal, cookieOptions);
  let pieces: [name: string, value: string][] = [[cookieName, seal]];
  if (bytes > MAX_COOKIE) {
    if (!config.chunk) throw tooLong(jar, config, bytes);
    pieces = cut(config, seal).map((chunk, index) => [chunkName(cookieName, index), chunk]);
  }
  cookies.write(pieces, cookieOptions, familyOf(cookieName));
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

/** Reads the session in `jar`. A cookie that does not open is an empty session. */
export async function openSession(
  codec: SealCodec,
  backend: RevocationBackend,
  jar: CookieJar,
  options: SessionOptions,
): Promise<SessionData> {
  let config = readConfig(options);
  const revocation = new Revocation(backend, options.store);
  const cookies = new ResponseCookies(jar);
  const turns = new Turns();
  let destroyed = false;
  const seal = readSeal(jar, config.cookieName);
  const data = seal ? await unsealWith(codec, seal, config) : undefined;
  // A seal may hold anything; only an object is a session.
  const session = isObject(data) ? await revocation.admit(seal, data) : {};

  const save = async (): Promise<void> => {
    if (destroyed) {
      if (Object.keys(session).length === 0) return;
      throw new Error(SAVE_AFTER_DESTROY);
    }
    jar.assertWritable?.();
    refusePastExpiry(config.cookieOptions);
    const [used, turn] = [config, turns.begin()];
    const data = revocation.label(session, used.ttl);
    const made = await sealWith(codec, data instanceof Promise ? await data : data, used);
    turns.write(turn, () => writeSeal(cookies, jar, used, made));
  };
  const destroy = (): Promise<void> => {
    destroyed = true;
    for (const name of Object.keys(session)) delete session[name];
    const ended = revocation.end(config.ttl);
    const { cookieName, cookieOptions } = config;
    turns.write(turns.begin(), () =>
      cookies.write([[cookieName, '']], { ...cookieOptions, maxAge: 0 }, familyOf(cookieName)),
    );
    return ended;
  };
  const updateConfig = (changed: SessionOptions): void => {
    const next = readConfig(changed);
    revocation.use(changed.store);
    config = next;
  };
  return Object.defineProperties(session, {
    updateConfig: { value: updateConfig },
    save: { value: save },
    destroy: { value: destroy },
  });
}
