import { randomBytes, scrypt, timingSafeEqual } from 'node:crypto';

const BASE32 = 'abcdefghijklmnopqrstuvwxyz234567';
const BASE36 = 'abcdefghijklmnopqrstuvwxyz0123456789';

/** generateIdFromEntropySize makes an id of `size` random bytes, in lower-case base32. */
export function generateIdFromEntropySize(size: number): string {
  let id = '';
  let bits = 0;
  let count = 0;
  for (const byte of randomBytes(size)) {
    bits = ((bits << 8) | byte) & 0xffff;
    count += 8;
    while (count >= 5) {
      count -= 5;
      id += BASE32[(bits >> count) & 31];
    }
  }
  return count > 0 ? id + BASE32[(bits << (5 - count)) & 31] : id;
}

/** generateId makes an id of `length` letters and digits, each equally likely. */
export function generateId(length: number): string {
  const whole = Math.ceil(length);
  let id = '';
  while (id.length < whole) {
    for (const byte of randomBytes(whole - id.length)) {
      if (byte < 252) id += BASE36[byte % 36]; // 252 is the last multiple of 36
    }
  }
  return id;
}

export interface PasswordHashingAlgorithm {
  hash(password: string): Promise<string>;
  verify(hash: string, password: string): Promise<boolean>;
}

const KEY_BYTES = 64;
const COST = 16384;

// Runs on a thread of Node's pool: the event loop stays free.
function derive(password: string, salt: string, blockSize: number): Promise<Buffer> {
  const options = { N: COST, r: blockSize, p: 1, maxmem: 128 * COST * blockSize * 2 };
  return new Promise((resolve, reject) => {
    scrypt(password.normalize('NFKC'), salt, KEY_BYTES, options, (error, key) => {
      if (error) reject(error);
      else resolve(key);
    });
  });
}

async function makeHash(password: string): Promise<string> {
  // The salt's hexadecimal text itself is what is hashed.
  const salt = randomBytes(16).toString('hex');
  return `${salt}:${(await derive(password, salt, 16)).toString('hex')}`;
}

async function check(parts: string[], password: string, blockSize: number): Promise<boolean> {
  const [salt, key] = parts;
  if (parts.length !== 2 || salt === undefined || key === undefined) return false;
  const expected = Buffer.from(key, 'hex');
  if (expected.length * 2 !== key.length || expected.length !== KEY_BYTES) return false;
  return timingSafeEqual(await derive(password, salt, blockSize), expected);
}

/** Passwords as Lucia 3 and better-auth store them (scrypt, N=16384, r=16, p=1). */
export class Scrypt implements PasswordHashingAlgorithm {
  async hash(password: string): Promise<string> {
    return makeHash(password);
  }

  async verify(hash: string, password: string): Promise<boolean> {
    return check(hash.split(':'), password, 16);
  }
}

/** Passwords as Lucia 1 and 2 stored them: `s2:salt:key`, and older ones without the prefix. */
export class LegacyScrypt implements PasswordHashingAlgorithm {
  async hash(password: string): Promise<string> {
    return `s2:${await makeHash(password)}`;
  }

  async verify(hash: string, password: string): Promise<boolean> {
    const parts = hash.split(':');
    if (parts.length === 2) return check(parts, password, 8);
    return parts[0] === 's2' && check(parts.slice(1), password, 16);
  }
}
