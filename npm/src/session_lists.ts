import type { NewSessionList, RecordList, UpdatedList, UserList, ValidationList } from './native';
import type { Attributes, NewSession, Session, Updated, User, Validation } from './sessions_types';

// A session that was found by a token remembers it, so that a change of it works with every
// carrier. The token is not a property, lest it is logged or sent along.
const tokens = new WeakMap<Session, string>();

export function tokenOf(session: Session): string | undefined {
  return tokens.get(session);
}

function attributesOf(json: string): Attributes {
  return json === '' ? {} : (JSON.parse(json) as Attributes);
}

export function toSession(list: RecordList, token?: string | null): Session {
  const session: Session = {
    id: list[0],
    userId: list[1],
    createdAt: new Date(list[2]),
    authenticatedAt: new Date(list[3]),
    lastSeenAt: new Date(list[4]),
    idleExpiresAt: new Date(list[5]),
    absoluteExpiresAt: new Date(list[6]),
    level: list[7],
    persistent: list[8],
    userAgent: list[9],
    address: list[10],
    attributes: attributesOf(list[11]),
    version: list[12],
  };
  if (token != null) tokens.set(session, token);
  return session;
}

export function toUser(list: UserList): User {
  return {
    id: list[0],
    username: list[1],
    attributes: attributesOf(list[2]),
    createdAt: new Date(list[3]),
  };
}

export function toValidation(list: ValidationList, token: string | null | undefined): Validation {
  return {
    state: list[0],
    session: list[1] && toSession(list[1], list[4] ?? token),
    user: list[2] && toUser(list[2]),
    fresh: list[3],
    token: list[4],
    keepCookie: list[5],
    fromSnapshot: list[6],
  };
}

export function toNewSession(list: NewSessionList): NewSession {
  return { token: list[0], session: toSession(list[1], list[0]) };
}

export function toUpdated(list: UpdatedList, token?: string): Updated {
  return { token: list[0], session: toSession(list[1], list[0] ?? token) };
}
