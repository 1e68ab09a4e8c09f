/** Why there is no session any more. `null`: there was none, as far as this browser knows. */
export type EndReason = 'expired' | 'revoked' | 'signed-out' | null;

export type SessionStatus = 'loading' | 'authenticated' | 'unauthenticated';

/** Tells the types which user the application has:
 * `declare module 'latchkey/client' { interface Register { User: MyUser } }` */
export interface Register {}
export type RegisteredUser = Register extends { User: infer User }
  ? User
  : { id?: string; username?: string; email?: string; [name: string]: unknown };

/** What `useSession().data` holds: next-auth's shape, and the session's public id. */
export interface ClientSession<User = RegisteredUser> {
  id: string;
  userId: string;
  user: User | null;
  /** ISO text of the moment the session ends without activity. */
  expires: string;
  /** Grows when the attributes or the level of the session change. */
  revision: number;
  /** @deprecated The same as `revision`. */
  version: number;
}

export interface Snapshot<User = RegisteredUser> {
  status: SessionStatus;
  data: ClientSession<User> | null;
  reason: EndReason;
  /** Milliseconds since 1970, by the server's clock. */
  expiresAt: number | null;
}

/** What the server page hands over, so that the browser's first request is not needed. */
export interface InitialSession {
  id: string;
  userId: string;
  expiresAt: Date | number | string;
  revision?: number;
  /** @deprecated `revision`. */
  version?: number;
}

/** What the session route tells of a session; before `revision` it was called `version`. */
export interface ToldSession {
  id: string;
  userId: string;
  expiresAt: number;
  revision?: number;
  version?: number;
}

/** The answer of GET on the session route. */
export interface StatusAnswer<User = RegisteredUser> {
  status: 'authenticated' | 'unauthenticated';
  reason: 'expired' | 'revoked' | null;
  session: ToldSession | null;
  user?: User | null;
  /** The server's clock. */
  now: number;
}

export interface StoreOptions<User = RegisteredUser> {
  /** Where the route handlers are; default `/api/session`, below the `basePath` of Next.js. */
  basePath?: string;
  /** `undefined`: ask the server. `null`: the server knows there is none. */
  initialSession?: InitialSession | null;
  initialUser?: User | null;
  /** Seconds between polls while signed in; 0 (default): none. */
  refetchInterval?: number;
  refetchOnWindowFocus?: boolean;
  refetchWhenOffline?: boolean;
  refetchOnNavigation?: boolean;
  /** Seconds before the end at which `onWarn` listeners are called; 0 (default): never. */
  warnBefore?: number;
  /** Replaces the browser's own, in tests. */
  environment?: Partial<Environment>;
}

export type TextStore = Pick<Storage, 'getItem' | 'setItem' | 'removeItem'>;

export interface Channel {
  post(): void;
  close(): void;
}

/** Everything the store touches outside itself. */
export interface Environment {
  fetch: (path: string, init: RequestInit) => Promise<Response>;
  now: () => number;
  /** Returns what undoes it. */
  later: (milliseconds: number, call: () => void) => () => void;
  /** What all tabs see. */
  shared: () => TextStore;
  openChannel: (heard: () => void) => Channel;
  /** Calls back when the page is looked at or shown again, or the network is back. */
  watchPage: (seen: (how: 'focus' | 'show' | 'online') => void) => () => void;
  online: () => boolean;
  search: () => string;
}
