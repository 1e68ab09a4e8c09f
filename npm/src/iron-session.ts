// latchkey/iron-session on Node: seals of the native core.

import { createHash, randomBytes } from 'node:crypto';
import { native, type SealPassword } from 'latchkey/native';
import { openRevocations } from './iron-session/native_store';
import { makeIronSession } from './iron-session/make';
import type { SealCodec } from './iron-session/seal_data';
import { replaceWithoutNative } from './without_native';

export * from './iron-session/exports';

// A password is made ready once. There are few, so nothing is evicted until there are many: then
// somebody makes them up, and all go.
const MANY = 256;
const ready = new Map<string, Map<string, SealPassword>>();

function prepare(password: string, id: string): SealPassword {
  let byId = ready.get(password);
  if (!byId) {
    if (ready.size >= MANY) ready.clear();
    ready.set(password, (byId = new Map()));
  }
  let handle = byId.get(id);
  if (!handle) byId.set(id, (handle = native().make_seal_password(id, password)));
  return handle;
}

const codec: SealCodec = {
  seal: (json, id, password, ttlMillis, now) =>
    native().seal(prepare(password, id), json, ttlMillis, now),
  // Any id will do for reading: the seal's was looked up already.
  unseal: (seal, password, now) =>
    native().unseal(password === undefined ? null : prepare(password, '1'), seal, now),
};

const made = makeIronSession(codec, {
  open: openRevocations,
  sha256: (text) => createHash('sha256').update(text).digest('base64url'),
  random: () => randomBytes(32).toString('base64url'),
});

/** Reads a session; see GetIronSession. */
export const getIronSession = made.getIronSession;
/** Seals what survives JSON. */
export const sealData = made.sealData;
/** Opens a seal; one that does not open is an empty object. */
export const unsealData = made.unsealData;

declare const exports: Record<string, unknown>;
declare const require: (name: './edge/iron-session') => object;
replaceWithoutNative(exports, () => require('./edge/iron-session'));
