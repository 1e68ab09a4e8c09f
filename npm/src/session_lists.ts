import type {
  EventList,
  NewSessionList,
  RecordList,
  UpdatedList,
  UserList,
  ValidationList,
} from './native';
import { Reader } from './packed';
import type {
  AccountEvent,
  Attributes,
  EventKind,
  NewSession,
  Session,
  Updated,
  User,
  Validation,
} from './sessions_types';

class Returned {
  constructor(given: object) {
    return given;
  }
}

// A session that was found by a token remembers it, so that a change of it works with every
// carrier. The token is not a property, lest it is logged or sent along: Known puts a private member
// into the session itself, which costs a tenth of what an entry of a WeakMap does.
class Known extends Returned {
  readonly #token: string;
  constructor(session: Session, token: string) {
    super(session);
    this.#token = token;
  }
  static tokenOf(session: object): string | undefined {
    return #token in session ? session.#token : undefined;
  }
}

export function tokenOf(session: Session): string | undefined {
  return Known.tokenOf(session);
}

function attributesOf(json: string): Attributes {
  return json === '' || json === '{}' ? {} : (JSON.parse(json) as Attributes);
}

function readSession(packed: Reader, token?: string | null): Session {
  const session: Session = {
    id: packed.word(),
    userId: packed.wordOrNull(),
    createdAt: new Date(packed.number()),
    authenticatedAt: new Date(packed.number()),
    lastSeenAt: new Date(packed.number()),
    idleExpiresAt: new Date(packed.number()),
    absoluteExpiresAt: new Date(packed.number()),
    level: packed.number(),
    persistent: packed.small() === 1,
    userAgent: packed.word(),
    address: packed.word(),
    attributes: attributesOf(packed.word()),
    revision: packed.number(),
    version: 0,
  };
  session.version = session.revision;
  if (token != null) new Known(session, token);
  return session;
}

function readUser(packed: Reader): User {
  return {
    id: packed.word(),
    username: packed.word(),
    attributes: attributesOf(packed.word()),
    createdAt: new Date(packed.number()),
  };
}

export function toSession(record: RecordList, token?: string | null): Session {
  return readSession(new Reader(record), token);
}

export function toUser(user: UserList): User {
  return readUser(new Reader(user));
}

// In the order of SessionState.
const STATES = ['none', 'expired', 'revoked', 'active'] as const;

export function toValidation(list: ValidationList, given: string | null | undefined): Validation {
  const packed = new Reader(list);
  const state = STATES[packed.small()]!;
  const bits = packed.small();
  const token = packed.wordOrNull();
  return {
    state,
    session: bits & 8 ? readSession(packed, token ?? given) : null,
    user: bits & 16 ? readUser(packed) : null,
    fresh: (bits & 1) !== 0,
    token,
    keepCookie: (bits & 2) !== 0,
    fromSnapshot: (bits & 4) !== 0,
  };
}

export function toNewSession(list: NewSessionList): NewSession {
  const packed = new Reader(list);
  const token = packed.word();
  return { token, session: readSession(packed, token) };
}

export function toUpdated(list: UpdatedList, given?: string): Updated {
  const packed = new Reader(list);
  const token = packed.wordOrNull();
  return { token, session: readSession(packed, token ?? given) };
}

export function toEvent(list: EventList): AccountEvent {
  const [id, at, kind, sessionId, reason, userAgent, address, requestId] = list;
  return {
    id,
    at: new Date(at),
    kind: kind as EventKind,
    sessionId,
    reason,
    userAgent,
    address,
    requestId,
  };
}
