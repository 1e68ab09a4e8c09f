import type { Credentials } from './accounts';
import { Changes } from './next/changes';
import { openEngine, type Engine } from './next/config';
import { Gate } from './next/gate';
import { Logins } from './next/logins';
import { makeHandlers } from './next/handlers';
import { makePagesRouter } from './next/pages_router';
import { makeProxy } from './next/proxy';
import type {
  Attributes,
  CreateOptions,
  Duration,
  Session,
  SessionsConfig,
  VerifyOptions,
} from './next/types';

export { compose } from './next/compose';
export { safePath } from './next/paths';
export { clientSession } from './next/present';
export type { SharedSession } from './next/present';
export type { PagesResponse } from './next/pages_router';
export type { ProxyOptions } from './next/proxy';
export type { LoginOutcome } from './next/logins';
export type { ListedSession } from './next/changes';
export type {
  AbsentReason,
  Attributes,
  CarrierName,
  CheckedSession,
  CookieSettings,
  CreateOptions,
  Duration,
  GuestSession,
  Pages,
  ProxyRequest,
  Session,
  SessionsConfig,
  VerifyOptions,
} from './next/types';

/** What stands for a user where `getUser` is not given. */
export interface StoredUser {
  id: string;
  username?: string;
  [attribute: string]: unknown;
}

/**
 * Sessions of a Next.js application. Nothing is opened and nothing is read before the first
 * request, so it may stand at the top of a module.
 */
export function createSessions<User = StoredUser, A extends Attributes = Attributes>(
  config: SessionsConfig<User> = {},
) {
  let opened: Engine | undefined;
  const engine = () => (opened ??= openEngine(config));
  const gate = new Gate<User, A>(config, engine);
  const changes = new Changes<A>(config, engine);
  const logins = new Logins(config, engine, changes);

  function verifySession(options: VerifyOptions & { redirect: false }): Promise<Session<A> | null>;
  function verifySession(options?: VerifyOptions & { redirect?: string }): Promise<Session<A>>;
  function verifySession(options?: VerifyOptions): Promise<Session<A> | null> {
    return gate.verifySession(options);
  }

  type RecentOptions = Omit<VerifyOptions, 'fresh' | 'renew'>;
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
    changePassword: (passwords: { current: string; replacement: string }) =>
      logins.changePassword(passwords),
    createGuestSession: (attributes?: Attributes) => changes.createGuestSession(attributes),
    /** Reads and moves nothing; null without a guest's session, and for users. */
    getGuestSession: () => gate.getGuestSession(),
    /** The gate: the session, or a redirect to the login page; in Route Handlers 401. */
    verifySession,
    /** `{user, session}`, both null without a session; never a redirect. */
    verifyAuth: (options?: Pick<VerifyOptions, 'renew'>) => gate.verifyAuth(options),
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
    revokeOwnSession: (id: string) => changes.revokeOwnSession(id),
    revokeUser: (userId: string | number) => changes.revokeUser(userId),
    proxy: makeProxy(config, engine),
    handlers: makeHandlers(config, engine, changes),
    /** For `pages/`: `verify(request, response)` and `logout` as an API route. */
    pagesRouter: makePagesRouter<User, A>(config, engine),
    /** The sessions underneath, for scripts and tests. */
    get core() {
      return engine().sessions;
    },
  };
}
