import type { Session as CoreSession } from '../sessions_types';
import type { Attributes, GuestSession, Session } from './types';

/** The session as pages and actions see it; plain data that a client component may be given. */
export function present<A = Attributes>(found: CoreSession & { userId: string }): Session<A> {
  return {
    isAuth: true,
    isValid: true,
    id: found.id,
    userId: found.userId,
    attributes: found.attributes as A,
    createdAt: found.createdAt,
    authenticatedAt: found.authenticatedAt,
    lastSeenAt: found.lastSeenAt,
    expiresAt: found.idleExpiresAt,
    absoluteExpiresAt: found.absoluteExpiresAt,
    level: found.level,
    userAgent: found.userAgent,
    address: found.address,
    version: found.version,
  };
}

/** What may be told of a guest. */
export function presentGuest<A = Attributes>(found: CoreSession): GuestSession<A> {
  return {
    id: found.id,
    attributes: found.attributes as A,
    createdAt: found.createdAt,
    lastSeenAt: found.lastSeenAt,
    expiresAt: found.idleExpiresAt,
    absoluteExpiresAt: found.absoluteExpiresAt,
    version: found.version,
  };
}

/** A guest's session is nobody's: whoever asks for a user gets none. */
export function isUsers(found: CoreSession | null): found is CoreSession & { userId: string } {
  return found !== null && found.userId !== null;
}
