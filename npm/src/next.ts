import type { Credentials, Passwords } from './accounts';
import type { RegisteredUser } from './client';
import { Changes } from './next/changes';
import { openEngine, warnOfAddress, type Engine } from './next/config';
import { Gate } from './next/gate';
import { makeHandlers } from './next/handlers';
import { lazyCore } from './next/lazy_core';
import { Logins } from './next/logins';
import { makePagesRouter } from './next/pages_router';
import { makeProxy } from './next/proxy';
import type {
  Attributes,
  CreateOptions,
  Duration,
  Session,
  SessionsArguments,
  VerifyOptions,
} from './next/types';
import type { EventOptions } from './sessions_types';

export { compose } from './next/compose';
export { safePath } from './guard';
export { clientSession } from './next/present';
export type { PagesResponse } from './next/pages_router';
export type { ProxyOptions } from './next/proxy';
export type { LoginOutcome } from './next/logins';
export type { ListedSession } from './next/changes';
export type {
  AbsentReason,
  Attributes,
  BaseConfig,
  CarrierName,
  CheckedSession,
  CookieSettings,
  CreateOptions,
  DefaultClientUser,
  Duration,
  GuestSession,
  Pages,
  ProviderProps,
  ProxyRequest,
  Session,
  SessionsArguments,
  SessionsConfig,
  SharedSession,
  VerifyOptions,
} from './next/types';
export type { AccountEvent, EventKind, EventOptions, EventPage } from './sessions_types';
/** What browsers know of a user; an application registers its own for `latchkey/client`. */
export type ClientUser = RegisteredUser;

/** What stands for a user where `getUser` is not given. */
export interface StoredUser {
  id: string;
  username?: string;
  [attribute: string]: unknown;
}

/**
 * Sessions of a Next.js application. Nothing is opened before the first request, so it may stand at
 * the top of a module, and every part of what it returns may be taken out there.
 */
export function createSessions<User = StoredUser, A extends Attributes = Attributes>(
  ...[config = {}]: SessionsArguments<User>
) {
  warnOfAddress(config);
  let opened: Engine | undefined;
  const engine = () => (opened ??= openEngine(config));
  const gate = new Gate<User, A>(config, engine);
  const changes = new Changes<A>(config, engine);
  const logins = new Logins(changes);

  function verifySession(options: VerifyOptions & { redirect: false }): Promise<Session<A> | null>;
  function verifySession(options?: VerifyOptions & { redirect?: string }): Promise<Session<A>>;
  function verifySession(options?: VerifyOptions): Promise<Session<A> | null> {
    return gate.verifySession(options);
  }

  type RecentOptions = Omit<VerifyOptions, 'fresh' | 'touch' | 'renew'>;
  function requireRecentLogin(
    within: Duration,
    options: RecentOptions & { redirect: false },
  ): Promise<Session<A> | null>;
  function requireRecentLogin(
    within: Duration,
    options?: RecentOptions & { redirect?: string },
  ): Promise<Session<A>>;
  function requireRecentLogin(
    within: Duration,
    options?: RecentOptions,
  ): Promise<Session<A> | null> {
    return gate.requireRecentLogin(within, options);
  }

  return {
    /** Makes a session for a user and sets its cookie. Returns the session's public id. */
    createSession: (userId: string | number, options?: CreateOptions) =>
      changes.createSession(userId, options),
    /** The same in the words of Lucia's tutorials: the second argument is the attributes. */
    createAuthSession: (userId: string | number, attributes: Attributes = {}) =>
      changes.createSession(userId, { attributes }),
    /** A user with a password in the store, and its first session: `{user}` or `{rejection}`. */
    signUp: (credentials: Credentials, options?: CreateOptions) =>
      logins.signUp(credentials, options),
    logIn: (credentials: Credentials, options?: CreateOptions) =>
      logins.logIn(credentials, options),
    changePassword: (passwords: Passwords) => logins.changePassword(passwords),
    /** Asks who is signed in for the password once more: `requireRecentLogin` is content then. */
    reauthenticate: (password: unknown) => logins.reauthenticate(password),
    createGuestSession: (attributes?: Attributes) => changes.createGuestSession(attributes),
    /** Reads and moves nothing; null without a guest's session, and for users. */
    getGuestSession: () => gate.getGuestSession(),
    /** The gate: the session, or a redirect to the login page; in Route Handlers 401. */
    verifySession,
    /** `{user, session}`, both null without a session; never a redirect. */
    verifyAuth: (options?: Pick<VerifyOptions, 'touch' | 'renew'>) => gate.verifyAuth(options),
    /** What `<SessionProvider>` begins with: no more of the user than browsers may know. */
    providerProps: () => gate.providerProps(),
    /** Reads and moves nothing. */
    getSession: () => gate.getSession(),
    /** `{isValid, userId?, reason?}` for a client component that asks through an action. */
    checkSession: () => gate.checkSession(),
    /** The gate for what needs a login that is not old. */
    requireRecentLogin,
    redirectIfSignedIn: (to?: string) => gate.redirectIfSignedIn(to),
    /** Moves the deadline of row and cookie; with a patch (null removes) also the attributes. */
    updateSession: (patch?: Attributes) => changes.updateSession(patch),
    raiseLevel: (level: number) => changes.raiseLevel(level),
    deleteSession: () => changes.deleteSession(),
    deleteOtherSessions: () => changes.deleteOtherSessions(),
    logout: (to?: string) => changes.logout(to),
    listSessions: () => changes.listSessions(),
    /** The user's recent activity: `{ events, next }`, newest first. */
    listEvents: (options?: EventOptions) => changes.listEvents(options),
    revokeOwnSession: (id: string) => changes.revokeOwnSession(id),
    revokeUser: (userId: string | number) => changes.revokeUser(userId),
    proxy: makeProxy(config, engine),
    handlers: makeHandlers(config, engine, changes),
    /** For `pages/`: `verify(request, response)` and `logout` as an API route. */
    pagesRouter: makePagesRouter<User, A>(config, engine),
    /** The sessions underneath, for scripts and tests. */
    core: lazyCore(() => engine().sessions),
  };
}
