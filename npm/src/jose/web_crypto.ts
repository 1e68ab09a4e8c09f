// MACs and ciphers over WebCrypto, for runtimes without Node.

import type { Encryption, HashBits } from './algorithms';
import { encode } from './base64url';
import { JWEDecryptionFailed } from './errors';
import { checkInflation, inflationFailed, type Jwe, type Sealing } from './jwe';
import { isCryptoKey, type PreparedKey } from './keys';

type Bytes = Uint8Array<ArrayBuffer>;

const encoder = new TextEncoder();

function concat(...parts: Bytes[]): Bytes {
  const all = new Uint8Array(parts.reduce((size, part) => size + part.length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}

async function importMac(bits: HashBits, key: PreparedKey, use: 'sign' | 'verify') {
  if (isCryptoKey(key)) return key;
  if (key.length === 0) throw new DOMException('Zero-length key is not supported', 'DataError');
  const algorithm = { name: 'HMAC', hash: `SHA-${bits}` };
  return crypto.subtle.importKey('raw', key, algorithm, false, [use]);
}

export async function hmac(bits: HashBits, key: PreparedKey, input: string | Bytes) {
  const bytes = typeof input === 'string' ? encoder.encode(input) : input;
  const imported = await importMac(bits, key, 'sign');
  return new Uint8Array(await crypto.subtle.sign('HMAC', imported, bytes));
}

/** Compares in constant time, as subtle.verify does. */
export async function isHmac(bits: HashBits, key: PreparedKey, input: string, mac: Bytes) {
  const imported = await importMac(bits, key, 'verify');
  return crypto.subtle.verify('HMAC', imported, mac, encoder.encode(input));
}

async function importCipher(key: PreparedKey, name: string, use: 'encrypt' | 'decrypt') {
  if (isCryptoKey(key)) return key;
  return crypto.subtle.importKey('raw', key, name, false, [use]);
}

// The MAC input of RFC 7518, section 5.2.2.1.
function cbcInput(header: string, iv: Bytes, ciphertext: Bytes): Bytes {
  const associated = encoder.encode(header);
  const bits = new Uint8Array(8);
  new DataView(bits.buffer).setBigUint64(0, BigInt(associated.length) * 8n);
  return concat(associated, iv, ciphertext, bits);
}

// The halves of a key for AES-CBC with HMAC: the first authenticates, the second encrypts.
function halves(key: PreparedKey): [mac: Bytes, cipher: Bytes] {
  const bytes = key as Bytes;
  const middle = bytes.length / 2;
  return [bytes.slice(0, middle), bytes.slice(middle)];
}

async function openCbc(jwe: Jwe, bits: HashBits, key: PreparedKey): Promise<Bytes> {
  const { encodedHeader, iv, ciphertext, tag } = jwe;
  const [macKey, cipherKey] = halves(key);
  const mac = (await hmac(bits, macKey, cbcInput(encodedHeader, iv, ciphertext))).slice(
    0,
    macKey.length,
  );
  // Both are hashed under a key of this moment, so that the comparison tells nothing by its time.
  const once = crypto.getRandomValues(new Uint8Array(32));
  const imported = await importMac(256, once, 'verify');
  if (!(await crypto.subtle.verify('HMAC', imported, await hmac(256, once, mac), tag))) {
    throw new JWEDecryptionFailed();
  }
  const cipher = await importCipher(cipherKey, 'AES-CBC', 'decrypt');
  return new Uint8Array(await crypto.subtle.decrypt({ name: 'AES-CBC', iv }, cipher, ciphertext));
}

async function openGcm(jwe: Jwe, key: PreparedKey): Promise<Bytes> {
  const { encodedHeader, iv, ciphertext, tag } = jwe;
  const additionalData = encoder.encode(encodedHeader);
  const cipher = await importCipher(key, 'AES-GCM', 'decrypt');
  const algorithm = { name: 'AES-GCM', iv, additionalData };
  return new Uint8Array(await crypto.subtle.decrypt(algorithm, cipher, concat(ciphertext, tag)));
}

/** Decrypts the content of a JWE whose key, IV and tag have their lengths. */
export async function decryptContent(jwe: Jwe, key: PreparedKey): Promise<Bytes> {
  const { hash } = jwe.encryption;
  try {
    return await (hash ? openCbc(jwe, hash, key) : openGcm(jwe, key));
  } catch {
    throw new JWEDecryptionFailed();
  }
}

async function sealCbc(sealing: Sealing, bits: HashBits, iv: Bytes, plaintext: Bytes) {
  const [macKey, cipherKey] = halves(sealing.key);
  const cipher = await importCipher(cipherKey, 'AES-CBC', 'encrypt');
  const algorithm = { name: 'AES-CBC', iv };
  const ciphertext = new Uint8Array(await crypto.subtle.encrypt(algorithm, cipher, plaintext));
  const mac = await hmac(bits, macKey, cbcInput(sealing.encodedHeader, iv, ciphertext));
  return [ciphertext, mac.slice(0, macKey.length)] as const;
}

async function sealGcm(sealing: Sealing, iv: Bytes, plaintext: Bytes) {
  const additionalData = encoder.encode(sealing.encodedHeader);
  const cipher = await importCipher(sealing.key, 'AES-GCM', 'encrypt');
  const algorithm = { name: 'AES-GCM', iv, additionalData };
  const sealed = new Uint8Array(await crypto.subtle.encrypt(algorithm, cipher, plaintext));
  return [sealed.slice(0, -16), sealed.slice(-16)] as const;
}

function randomIv({ ivBytes }: Encryption): Bytes {
  return crypto.getRandomValues(new Uint8Array(ivBytes));
}

/** Encrypts and returns the compact token. */
export async function encryptContent(sealing: Sealing, plaintext: string): Promise<string> {
  const { encryption, encodedHeader } = sealing;
  const iv = sealing.iv ?? randomIv(encryption);
  const bytes = encoder.encode(plaintext);
  const [ciphertext, tag] = await (encryption.hash
    ? sealCbc(sealing, encryption.hash, iv, bytes)
    : sealGcm(sealing, iv, bytes));
  return [encodedHeader, '', encode(iv), encode(ciphertext), encode(tag)].join('.');
}

/** Inflates raw deflate, up to `limit` bytes. */
export async function inflate(bytes: Bytes, limit: number): Promise<Bytes> {
  checkInflation(limit);
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream('deflate-raw'));
  const chunks: Bytes[] = [];
  let size = 0;
  let tooMuch = false;
  try {
    for await (const chunk of stream as unknown as AsyncIterable<Bytes>) {
      chunks.push(chunk);
      size += chunk.length;
      if ((tooMuch = size > limit)) throw new RangeError('too many bytes');
    }
  } catch (cause) {
    throw inflationFailed(cause, tooMuch);
  }
  return concat(...chunks);
}
