import type { Begun } from '../requests';
import type { Session as CoreSession } from '../sessions_types';
import type { Attributes, GuestSession, Session, SharedSession, VerifyOptions } from './types';

/** The session as pages and actions see it. A client component is given `clientSession()` of it. */
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
    revision: found.revision,
    version: found.revision,
  };
}

/**
 * Picks what the browser needs from a session, for `initialSession`: a whole one would bring address, browser and
 * attributes into the HTML. Plain JSON, as `getServerSideProps` demands it.
 */
export function clientSession(session: Session<unknown>): SharedSession;
export function clientSession(session: Session<unknown> | null): SharedSession | null;
export function clientSession(session: Session<unknown> | null): SharedSession | null {
  if (session === null) return null;
  const { id, userId, revision, expiresAt } = session;
  return { id, userId, revision, version: revision, expiresAt: expiresAt.getTime() };
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
    revision: found.revision,
    version: found.revision,
  };
}

/** A guest's session is nobody's: the visitor for a user gets none. */
export function isUsers(found: CoreSession | null): found is CoreSession & { userId: string } {
  return found !== null && found.userId !== null;
}

/** Why there is no session, as far as visitors are told. */
export function reasonOf(state: Begun['state']): 'expired' | 'revoked' | null {
  return state === 'expired' || state === 'revoked' ? state : null;
}

/** Whether a call counts as activity. `renew` is what `touch` was called before. */
export function touches({ touch, renew }: Pick<VerifyOptions, 'touch' | 'renew'>): boolean {
  return (touch ?? renew) !== false;
}
