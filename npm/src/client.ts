export { currentStore, onCurrentStore, setCurrentStore } from './client/current';
export { createSessionStore, SessionStore } from './client/store';
export type {
  ClientSession,
  EndReason,
  Environment,
  InitialSession,
  Register,
  RegisteredUser,
  SessionStatus,
  Snapshot,
  StatusAnswer,
  StoreOptions,
} from './client/types';
