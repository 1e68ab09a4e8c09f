/** Codes of what can fail. `..._UNAVAILABLE` and other store codes never mean "logged out". */
export type ErrorCode =
  | 'ERR_LATCHKEY_STORE_UNAVAILABLE'
  | 'ERR_LATCHKEY_STORE_BUSY'
  | 'ERR_LATCHKEY_STORE_READ_ONLY'
  | 'ERR_LATCHKEY_STORE_DAMAGED'
  | 'ERR_LATCHKEY_STORE_MISMATCH'
  | 'ERR_LATCHKEY_ENTROPY_UNAVAILABLE'
  | 'ERR_LATCHKEY_CRYPTO_UNAVAILABLE'
  | 'ERR_LATCHKEY_OVERLOADED'
  | 'ERR_LATCHKEY_RATE_LIMITED'
  | 'ERR_LATCHKEY_CONFLICT'
  | 'ERR_LATCHKEY_NOT_FOUND'
  | 'ERR_LATCHKEY_USER_CHANGED'
  | 'ERR_LATCHKEY_INVALID_ARGUMENT'
  | 'ERR_LATCHKEY_TOO_LARGE'
  | 'ERR_LATCHKEY_UNSUPPORTED'
  | 'ERR_LATCHKEY_BAD_CONFIG'
  | 'ERR_LATCHKEY_ORIGIN_REFUSED'
  | 'ERR_LATCHKEY_HEADERS_SENT'
  | 'ERR_LATCHKEY_SQLITE_SHARED'
  | 'ERR_LATCHKEY_NO_BINARY'
  | 'ERR_LATCHKEY_NEEDS_NODE'
  | 'ERR_LATCHKEY_COOKIE_READ_ONLY';

const CODE = /^ERR_LATCHKEY_[A-Z_]+$/;

/** What a failed call throws or rejects with. */
export interface LatchkeyError extends Error {
  readonly code: ErrorCode;
  /** The HTTP status that fits; absent when the cause is not a request's. */
  readonly status?: number;
  /** The same call may succeed later without any change. */
  readonly retryable?: boolean;
}

/**
 * Tells whether this package made an error. By its code: the class of an error is that of the realm
 * it was made in, and Jest runs each test in a realm of its own.
 */
export function isLatchkeyError(error: unknown): error is LatchkeyError {
  if (typeof error !== 'object' || error === null) return false;
  const { code, message } = error as { code?: unknown; message?: unknown };
  return typeof message === 'string' && typeof code === 'string' && CODE.test(code);
}

/** makeError makes an error as the addon's are. */
export function makeError(code: ErrorCode, message: string, status?: number): LatchkeyError {
  return Object.assign(new Error(message), status === undefined ? { code } : { code, status });
}

/** orNull: a session that has ended meanwhile is none. */
export async function orNull<T>(answer: Promise<T>): Promise<T | null> {
  try {
    return await answer;
  } catch (error) {
    if (isLatchkeyError(error) && error.code === 'ERR_LATCHKEY_NOT_FOUND') return null;
    throw error;
  }
}
