// Why a seal does not open, with the words of iron-webcrypto.

import type { UnsealErrorReason } from './types';

/** In the order of the core's SealReason (include/latchkey/codec/seal.h). */
export const SEAL_REASONS = [
  'too_long',
  'wrong_parts',
  'wrong_prefix',
  'invalid_expiration',
  'expired',
  'unknown_password',
  'empty_password',
  'password_too_short',
  'key_too_small',
  'bad_mac',
  'invalid_character',
  'bad_decrypt',
  'bad_json',
] as const;
export type SealReason = (typeof SEAL_REASONS)[number];

const MESSAGES: Record<SealReason, string> = {
  too_long: 'Seal too long',
  wrong_parts: 'Incorrect number of sealed components',
  wrong_prefix: 'Wrong mac prefix',
  invalid_expiration: 'Invalid expiration',
  expired: 'Expired seal',
  unknown_password: 'Cannot find password',
  empty_password: 'Empty password',
  password_too_short: 'Password string too short (min 32 characters required)',
  key_too_small: 'Key buffer (password) too small',
  bad_mac: 'Bad hmac value',
  invalid_character: 'Invalid character in base64url',
  bad_decrypt: 'The operation failed for an operation-specific reason',
  bad_json: 'Failed parsing sealed object JSON',
};

/** The error of a seal that did not open. */
export class UnsealError extends Error {
  readonly reason: UnsealErrorReason;
  /** Whether iron-session 8 takes it for an empty session instead of throwing it. */
  readonly quietIn8: boolean;
  constructor(reason: SealReason, passwordId?: string) {
    const id = reason === 'unknown_password' ? `: ${passwordId}` : '';
    super(`${MESSAGES[reason]}${id}`);
    this.name = 'Error';
    this.reason =
      reason === 'expired'
        ? 'expired'
        : reason === 'unknown_password'
          ? 'unknown-password'
          : 'invalid';
    this.quietIn8 = ['expired', 'bad_mac', 'unknown_password', 'wrong_parts'].includes(reason);
  }
}
