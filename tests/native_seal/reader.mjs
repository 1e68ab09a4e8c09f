// A second implementation of docs/formats/native_seal.md, sharing nothing with the first.
import { createCipheriv, createDecipheriv, hkdfSync } from 'node:crypto';

const prefix = 'lks1_';
const text = (value) => Buffer.from(value, 'utf8');
const counted = (value) => Buffer.concat([Buffer.from([text(value).length]), text(value)]);

function derive(secret, salt) {
  const okm = Buffer.from(hkdfSync('sha256', secret, text('latchkey native seal 1'), salt, 44));
  return { key: okm.subarray(0, 32), nonce: okm.subarray(32) };
}
const associated = (id, name, purpose) =>
  Buffer.concat([text(prefix), counted(name), counted(purpose), counted(id)]);

export function seal({ id, secret, name, purpose, salt, content }) {
  const { key, nonce } = derive(secret, salt);
  const cipher = createCipheriv('aes-256-gcm', key, nonce).setAAD(associated(id, name, purpose));
  const body = [counted(id), salt, cipher.update(content), cipher.final(), cipher.getAuthTag()];
  return prefix + Buffer.concat(body).toString('base64url');
}

// unseal returns the content, or null for whatever does not open. `keys` maps ids to secrets.
export function unseal(sealed, keys, name, purpose) {
  if (!sealed.startsWith(prefix)) return null;
  const body = Buffer.from(sealed.slice(prefix.length), 'base64url');
  if (body.toString('base64url') !== sealed.slice(prefix.length)) return null;
  const size = body[0] ?? 0;
  if (size < 1 || size > 32 || body.length < 1 + size + 24 + 16) return null;
  const id = body.toString('latin1', 1, 1 + size);
  if (!Object.hasOwn(keys, id)) return null;
  const { key, nonce } = derive(keys[id], body.subarray(1 + size, 25 + size));
  const decipher = createDecipheriv('aes-256-gcm', key, nonce)
    .setAAD(associated(id, name, purpose)).setAuthTag(body.subarray(-16));
  try {
    return Buffer.concat([decipher.update(body.subarray(25 + size, -16)), decipher.final()]);
  } catch {
    return null;
  }
}

// unpackSession reads the content of a session.
export function unpackSession(content) {
  let at = 0;
  const take = (size) => content.subarray(at, (at += size));
  const varint = () => {
    let value = 0n;
    for (let shift = 0n; ; shift += 7n) {
      const byte = content[at++];
      value |= BigInt(byte & 0x7f) << shift;
      if (byte < 0x80) return value;
    }
  };
  const number = () => {
    const value = varint();
    return BigInt.asIntN(64, (value >> 1n) ^ -(value & 1n));
  };
  const format = take(1)[0];
  if (format !== 1 && format !== 2) throw new Error('another format');
  const flags = take(1)[0], level = take(1)[0];
  const id = flags & 2 ? 'lko_' + take(20).toString('base64url') : take(18).toString('base64url').slice(0, 23);
  const created = number(), idle = created + number(), absolute = created + number();
  const authenticated = created + number(), epoch = number();
  const revision = format === 2 ? { revision: Number(varint()) } : {};
  const user = take(Number(varint())).toString(), attributes = take(Number(varint())).toString();
  if (at !== content.length) throw new Error('more than a session');
  return {
    id, user_id: user, created_at: Number(created), idle_expires_at: Number(idle),
    absolute_expires_at: Number(absolute), authenticated_at: Number(authenticated), epoch: Number(epoch),
    level, persistent: (flags & 1) === 1, attributes, ...revision,
  };
}
