export { isLatchkeyError, type ErrorCode, type LatchkeyError } from './errors';
export * from './lucia';
export type {
  AccountOutcome,
  Credentials,
  PasswordOutcome,
  Passwords,
  Rejection,
} from './accounts';
export { Sessions } from './sessions';
export type {
  Attributes,
  CarrierName,
  CookieAttributes as SessionCookieSettings,
  CreateOptions,
  Duration,
  NewSession,
  PresetName,
  Session as StoredSession,
  SessionPage,
  SessionRef,
  SessionsOptions,
  Updated,
  User as StoredUser,
  ValidateOptions,
  Validation,
} from './sessions_types';
