import { randomBytes } from 'node:crypto';

/** 32 random bytes as text, which is used as it is and not decoded. */
export function newSecret(): string {
  return randomBytes(32).toString('base64');
}

export function runSecret(): number {
  console.log(newSecret());
  return 0;
}
