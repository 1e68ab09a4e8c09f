import type {
  RegisteredDatabaseSessionAttributes,
  RegisteredDatabaseUserAttributes,
  UserId,
} from './types';

export interface DatabaseUser {
  id: UserId;
  attributes: RegisteredDatabaseUserAttributes;
}

export interface DatabaseSession {
  userId: UserId;
  expiresAt: Date;
  id: string;
  attributes: RegisteredDatabaseSessionAttributes;
}

export type SessionAndUser = [session: DatabaseSession | null, user: DatabaseUser | null];

/** What Lucia 3 asks of a database; every adapter written for it works. */
export interface Adapter {
  getSessionAndUser(sessionId: string): Promise<SessionAndUser>;
  getUserSessions(userId: UserId): Promise<DatabaseSession[]>;
  setSession(session: DatabaseSession): Promise<void>;
  updateSessionExpiration(sessionId: string, expiresAt: Date): Promise<void>;
  deleteSession(sessionId: string): Promise<void>;
  deleteUserSessions(userId: UserId): Promise<void>;
  deleteExpiredSessions(): Promise<void>;
}

/** What our own adapters can do beyond that. */
export interface RemoteAdapter extends Adapter {
  /** deleteOtherSessions ends all sessions of a user but one, in one statement. */
  deleteOtherSessions(userId: UserId, keep: string): Promise<void>;
  /** updateSessionAttributes sets attributes of a session. False: there is none. */
  updateSessionAttributes(sessionId: string, attributes: object): Promise<boolean>;
  /** addIndexes makes the indexes on user_id and expires_at that Lucia's tables come without. */
  addIndexes(): Promise<void>;
  /** close ends what is open; a later call opens it again. */
  close(): Promise<void>;
}

/** Those of a database in this process can also answer at once. */
export interface NativeAdapter extends RemoteAdapter {
  findSession(sessionId: string): SessionAndUser;
}

export interface Tables {
  /** Name of the table of users; `user` on SQLite and `auth_user` on PostgreSQL if left out. */
  user?: string;
  /** Name of the table of sessions; `session`, or `user_session` on PostgreSQL. */
  session?: string;
  /** The id column holds the SHA-256 of each session's id, in lower-case hex. */
  hashed?: boolean;
}
