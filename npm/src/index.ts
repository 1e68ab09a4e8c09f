export { isLatchkeyError, type ErrorCode, type LatchkeyError } from './errors';
// Lucia's parts are in latchkey/lucia, with its types. The values are here, too, for programs that
// took them from here.
export {
  Cookie,
  LegacyScrypt,
  Lucia,
  Scrypt,
  TimeSpan,
  generateId,
  generateIdFromEntropySize,
  postgres,
  redis,
  sqlite,
  verifyRequestOrigin,
} from './lucia';
export type {
  AccountOutcome,
  Credentials,
  PasswordOutcome,
  Passwords,
  Rejection,
} from './accounts';
export type { RequestFacts, RequestHeaders } from './facts';
export type {
  Begun,
  Change,
  ChangedRequest,
  ChangeOptions,
  HeaderLine,
  RequestLike,
} from './requests';
export { Sessions } from './sessions';
export type {
  AccountEvent,
  Attributes,
  CarrierName,
  CookieAttributes as SessionCookieSettings,
  CreateOptions,
  Duration,
  EventKind,
  EventOptions,
  EventPage,
  NewSession,
  PresetName,
  Session,
  /** As `Session` was called here before. */
  Session as StoredSession,
  SessionPage,
  SessionRef,
  SessionsOptions,
  Updated,
  User,
  /** As `User` was called here before. */
  User as StoredUser,
  ValidateOptions,
  Validation,
} from './sessions_types';
