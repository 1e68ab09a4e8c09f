// sealData and unsealData over whatever computes the seals.

import { describeLossy, isLossless } from './json';
import { SEAL_REASONS, UnsealError, type SealReason } from './seal_reason';
import type { Password, SealOptions, UnsealOptions } from './types';

export const FOURTEEN_DAYS = 14 * 24 * 3600;
const SUFFIX = '~2';

/** Computes seals; nothing here is asynchronous on Node. */
export interface SealCodec {
  seal(
    json: string,
    id: string,
    password: string,
    ttlMillis: number,
    now: number,
  ): string | Promise<string>;
  /** Returns JSON, or the index of a SealReason. Without a password it looks for what is wrong. */
  unseal(
    seal: string,
    password: string | undefined,
    now: number,
  ): string | number | Promise<string | number>;
}

export type PasswordMap = Record<string, string>;

export function passwordMap(password: Password): PasswordMap {
  return typeof password === 'string' ? { 1: password } : password;
}

/** Misuse of sealData and unsealData, before they look at what they were given. */
export function checkSealOptions(options: SealOptions | undefined): asserts options is SealOptions {
  if (typeof options !== 'object' || options === null) {
    throw new Error('iron-session: Bad usage. Options are missing: pass { password }.');
  }
  if ((options.password ?? undefined) === undefined) {
    throw new Error('iron-session: Bad usage. Missing password.');
  }
}

const EMPTY_MAP =
  'iron-session: Bad usage. The password map has no usable entry, it must be a non-empty object ' +
  "keyed by numbers, for example { 1: 'your-password' }.";

/** The password that seals: that of the greatest number. */
function primaryOf(map: PasswordMap, version: 8 | 9): [id: string, password: string] {
  let greatest = -Infinity;
  for (const id of Object.keys(map)) greatest = Math.max(greatest, Number(id));
  const id = String(greatest);
  const password = Object.hasOwn(map, id) ? (map[id] as string) : undefined;
  if (password === undefined) {
    if (version === 9) throw new Error(EMPTY_MAP);
    throw new Error(greatest === -Infinity ? 'Invalid password id' : 'Empty password');
  }
  if (!password) throw new Error('Empty password');
  if (!/^\w+$/.test(id)) throw new Error('Invalid password id');
  return [id, password];
}

function stringifyLossless(data: unknown): string {
  const copy = data !== null && typeof data === 'object' ? { ...data } : data;
  try {
    if (isLossless(copy)) return JSON.stringify(copy);
  } catch {
    // A cycle, or what is nested too deeply: told below.
  }
  const flaw = Array.isArray(data)
    ? describeLossy(data)
    : describeLossy(copy, 'session', [data as object]);
  throw new Error(
    `iron-session: The session data is not JSON serializable${flaw}. Store plain JSON values ` +
      'only: a Date must be stored as a timestamp (Date.now()) or an ISO string, and ' +
      'Map/Set/BigInt/functions are not supported.',
    { cause: new Error('Data is not JSON serializable') },
  );
}

function lifetime(ttl: number): number {
  if (Number.isFinite(ttl)) return Math.round(ttl * 1000);
  throw new Error('iron-session: Bad usage. ttl must be a finite number of seconds.');
}

export function sealWith(
  codec: SealCodec,
  data: unknown,
  { password, ttl = FOURTEEN_DAYS, version = 9 }: SealOptions,
): string | Promise<string> {
  const map = passwordMap(password);
  // The newer version looks at the password first.
  const early = version === 9 ? primaryOf(map, 9) : undefined;
  const json =
    version === 9 ? stringifyLossless(data) : (JSON.stringify(data) as string | undefined);
  const [id, secret] = early ?? primaryOf(map, 8);
  if (secret.length < 32) {
    throw new Error('Password string too short (min 32 characters required)');
  }
  if (json === undefined) throw new TypeError('iron-session: there is no JSON for this data');
  const sealed = codec.seal(json, id, secret, lifetime(ttl), Date.now());
  return typeof sealed === 'string' ? sealed + SUFFIX : sealed.then((text) => text + SUFFIX);
}

/** The id in a seal, under which the password is looked up. */
function passwordIdOf(seal: string): string {
  const start = seal.indexOf('*') + 1;
  const id = start > 0 ? seal.slice(start, seal.indexOf('*', start)) : '';
  return id === '' ? 'default' : id;
}

function refuse(error: UnsealError, options: UnsealOptions): undefined {
  if (options.version === 8 && !error.quietIn8) throw error;
  options.onUnsealError?.(error.reason, error);
}

// What is behind the `~` is not authenticated. Version 8 lets it choose how the data are read.
function unwrap(data: unknown, suffix: string, version: 8 | 9): unknown {
  if (version === 9 || Number.parseInt(suffix, 10) === 2) return data;
  return { ...(data as { persistent?: object }).persistent };
}

/** What a seal holds; undefined when it does not open. */
export async function unsealWith(
  codec: SealCodec,
  sealed: string,
  options: UnsealOptions,
): Promise<unknown> {
  const map = passwordMap(options.password);
  const tilde = sealed.indexOf('~');
  const seal = tilde < 0 ? sealed : sealed.slice(0, tilde);
  const id = passwordIdOf(seal);
  const secret = Object.hasOwn(map, id) ? map[id] : undefined;
  const outcome = codec.unseal(seal, secret, Date.now());
  const json = typeof outcome === 'object' ? await outcome : outcome;
  if (typeof json === 'number') {
    return refuse(new UnsealError(SEAL_REASONS[json] as SealReason, id), options);
  }
  const suffix = tilde < 0 ? '' : (sealed.slice(tilde + 1).split('~', 1)[0] as string);
  return unwrap(JSON.parse(json) ?? {}, suffix, options.version ?? 9);
}
