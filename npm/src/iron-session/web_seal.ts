// Fe26.2 over WebCrypto, for runtimes without Node. docs/formats/seal.md

import { encode } from '../jose/base64url';
import { decodeLoosely } from '../jose/loose_base64url';
import type { SealCodec } from './seal_data';
import { SEAL_REASONS, type SealReason } from './seal_reason';

type Bytes = Uint8Array<ArrayBuffer>;

const encoder = new TextEncoder();
const decoder = new TextDecoder();
const PREFIX = 'Fe26.2';
const SKEW_MILLIS = 60_000;
const SALT_BYTES = 32;

class Refused extends Error {
  constructor(readonly code: SealReason) {
    super(code);
  }
}

// The key of a seal: PBKDF2 with SHA-1 and one iteration over the salt as it is written.
async function derive(password: string, salt: string, use: 'mac' | 'cipher') {
  const secret = encoder.encode(password);
  const base = await crypto.subtle.importKey('raw', secret, 'PBKDF2', false, ['deriveBits']);
  const how = { name: 'PBKDF2', hash: 'SHA-1', salt: encoder.encode(salt), iterations: 1 };
  const bits = await crypto.subtle.deriveBits(how, base, 256);
  return use === 'mac'
    ? crypto.subtle.importKey('raw', bits, { name: 'HMAC', hash: 'SHA-256' }, false, [
        'sign',
        'verify',
      ])
    : crypto.subtle.importKey('raw', bits, 'AES-CBC', false, ['encrypt', 'decrypt']);
}

function checkExpiration(text: string, now: number): void {
  if (text === '') return;
  if (!/^[1-9]\d*$/.test(text)) throw new Refused('invalid_expiration');
  if (Number(text) <= now - SKEW_MILLIS) throw new Refused('expired');
}

function canonical(text: string): Bytes {
  const decoded = decodeLoosely(text);
  if (!decoded?.canonical) throw new Refused('invalid_character');
  return decoded.bytes;
}

async function checkMac(password: string, sealed: string, salt: string, mac: string) {
  const given = decodeLoosely(mac);
  if (!given?.canonical || given.bytes.length !== 32 || salt === '') throw new Refused('bad_mac');
  const key = await derive(password, salt, 'mac');
  if (!(await crypto.subtle.verify('HMAC', key, given.bytes, encoder.encode(sealed)))) {
    throw new Refused('bad_mac');
  }
}

async function decrypt(password: string, salt: string, iv: Bytes, ciphertext: Bytes) {
  if (salt === '') throw new Refused('bad_decrypt');
  const key = await derive(password, salt, 'cipher');
  try {
    return await crypto.subtle.decrypt({ name: 'AES-CBC', iv }, key, ciphertext);
  } catch {
    throw new Refused('bad_decrypt');
  }
}

async function open(seal: string, password: string | undefined, now: number): Promise<string> {
  const parts = seal.split('*');
  if (parts.length !== 8) throw new Refused('wrong_parts');
  const [prefix, , cipherSalt, iv, ciphertext, expiration, macSalt, mac] = parts as [
    ...[string, string, string, string],
    ...[string, string, string, string],
  ];
  if (prefix !== PREFIX) throw new Refused('wrong_prefix');
  checkExpiration(expiration, now);
  if (password === undefined) throw new Refused('unknown_password');
  if (password === '') throw new Refused('empty_password');
  if (password.length < 32) throw new Refused('password_too_short');
  const sealed = seal.slice(0, seal.length - macSalt.length - mac.length - 2);
  await checkMac(password, sealed, macSalt, mac);
  const bytes = [canonical(iv), canonical(ciphertext)] as const;
  const json = decoder.decode(await decrypt(password, cipherSalt, ...bytes));
  try {
    JSON.parse(json);
  } catch {
    throw new Refused('bad_json');
  }
  return json;
}

function randomSalt(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(SALT_BYTES));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}

async function seal(json: string, id: string, password: string, ttl: number, now: number) {
  const [cipherSalt, macSalt] = [randomSalt(), randomSalt()];
  const iv = crypto.getRandomValues(new Uint8Array(16));
  const cipher = await derive(password, cipherSalt, 'cipher');
  const plain = encoder.encode(json);
  const bytes = new Uint8Array(await crypto.subtle.encrypt({ name: 'AES-CBC', iv }, cipher, plain));
  const expiration = ttl === 0 ? '' : String(now + ttl);
  const sealed = [PREFIX, id, cipherSalt, encode(iv), encode(bytes), expiration].join('*');
  const key = await derive(password, macSalt, 'mac');
  const mac = new Uint8Array(await crypto.subtle.sign('HMAC', key, encoder.encode(sealed)));
  return `${sealed}*${macSalt}*${encode(mac)}`;
}

async function unseal(text: string, password: string | undefined, now: number) {
  try {
    return await open(text, password, now);
  } catch (error) {
    if (error instanceof Refused) return SEAL_REASONS.indexOf(error.code);
    throw error;
  }
}

export const webSealCodec: SealCodec = { seal, unseal };
