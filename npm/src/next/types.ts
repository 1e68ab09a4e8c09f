import type {
  Attributes,
  CarrierName,
  CreateOptions as CoreCreateOptions,
  Duration,
} from '../sessions_types';
import type { RegisteredUser } from '../client/types';

export type { Attributes, CarrierName, Duration };

/** Why somebody is sent to the login page; `recent_login`: to prove again who they are. */
export type AbsentReason = 'expired' | 'revoked' | 'recent_login';

/** What a page, an action or a handler knows of who asks. */
export interface Session<A = Attributes> {
  isAuth: true;
  isValid: true;
  /** Public: may be logged and listed. */
  id: string;
  userId: string;
  attributes: A;
  createdAt: Date;
  authenticatedAt: Date;
  lastSeenAt: Date;
  /** The session ends here without activity, and at `absoluteExpiresAt` whatever happens. */
  expiresAt: Date;
  absoluteExpiresAt: Date;
  level: number;
  userAgent: string;
  address: string;
  /** Grows when the attributes or the level change. */
  revision: number;
  /** @deprecated The same as `revision`. */
  version: number;
}

/** A visitor's session without an account. */
export type GuestSession<A = Attributes> = Pick<
  Session<A>,
  'id' | 'attributes' | 'createdAt' | 'lastSeenAt' | 'expiresAt' | 'absoluteExpiresAt' | 'revision' | 'version'
>;

/** What the browser needs to know of its session, and nothing that a page's HTML need not hold. */
export interface SharedSession {
  id: string;
  userId: string;
  revision: number;
  /** @deprecated The same as `revision`. */
  version: number;
  expiresAt: number;
}

/** What `<SessionProvider>` begins with; nothing in it must not stand in a page's HTML. */
export interface ProviderProps {
  initialSession: SharedSession | null;
  initialUser: RegisteredUser | null;
}

export type CheckedSession =
  | { isValid: true; userId: string }
  | { isValid: false; userId?: undefined; reason?: 'expired' | 'revoked' };

export interface CookieSettings {
  name?: string;
  sameSite?: 'lax' | 'strict' | 'none';
  domain?: string;
  /** Where an earlier configuration wrote the cookie: it is deleted there, too. */
  former?: readonly { domain?: string; path?: string }[];
  /** false: the cookie ends with the browser. */
  persistent?: boolean;
  /** true: the cookie slides with the row, as Lucia's does. */
  renew?: boolean;
}

export interface Pages {
  login?: string;
  /** Where a user who is already signed in is sent from the login page. */
  home?: string;
  afterLogout?: string;
}

/** Everything but what depends on the type of the application's user. */
export interface BaseConfig {
  /** As in `Sessions`; default `$LATCHKEY_STORE`, or `sqlite:./data/latchkey.db`. */
  store?: string;
  /** For every carrier but `stored`; the newest first. Default `$SESSION_SECRET`. */
  secret?: string | readonly string[];
  carrier?: CarrierName;
  /** As in `Sessions`: what `sealed` and `hybrid` write. */
  sealFormat?: 1 | 2;
  /** The address browsers use; default `$LATCHKEY_PUBLIC_URL`, outside production localhost. */
  publicUrl?: string;
  idle?: Duration;
  absolute?: Duration;
  /** How old "last seen" may get before a request moves it. */
  lastSeenEvery?: Duration;
  maxPerUser?: number;
  /**
   * Binds sessions to a key of the browser: `prefer` where it can, `require` everywhere; default
   * `$LATCHKEY_DEVICE_BINDING` or `off`. Needs https, the route handlers and the proxy.
   */
  deviceBinding?: 'off' | 'prefer' | 'require';
  /** How long a bound session works before the browser must prove its key again; default `5m`. */
  boundCookieLife?: Duration;
  cookie?: CookieSettings;
  pages?: Pages;
  /** Where the route handlers are; default `/api/session`. */
  basePath?: string;
  /**
   * Where the client's address is to be read: for the list of sessions, and to limit how many guest
   * sessions one address makes in a minute. Default: nowhere, and then guests are not limited.
   */
  clientAddress?: (headers: Headers) => string | null | undefined;
}

export interface SessionsConfig<User = unknown> extends BaseConfig {
  /** The application's own user behind a session. null: the session counts for nothing. */
  getUser?: (userId: string) => Promise<User | null> | User | null;
  /**
   * What browsers may know of a user. Default: `id` and `username`, and nothing else of what
   * `getUser` returns.
   */
  clientUser?: (user: User) => RegisteredUser;
}

/** What browsers learn of a user where `clientUser` is not given. */
export type DefaultClientUser = { id: string; username?: string };

/**
 * The arguments of `createSessions`: anyone who has registered a user with more than `id` and
 * `username` for the browser says with `clientUser` where the rest comes from.
 */
export type SessionsArguments<User> = DefaultClientUser extends RegisteredUser
  ? [config?: SessionsConfig<User>]
  : [config: SessionsConfig<User> & Required<Pick<SessionsConfig<User>, 'clientUser'>>];

export interface CreateOptions extends Pick<CoreCreateOptions, 'remember' | 'level'> {
  attributes?: Attributes;
  /** Names of a guest's attributes that move into the new session. */
  carry?: readonly string[];
}

export interface VerifyOptions {
  /** false: null instead of a redirect; text: another page than `pages.login`. */
  redirect?: false | string;
  /** Where the login page is to lead afterwards. */
  next?: string;
  /** false: this call is no activity, and moves no deadline. */
  touch?: boolean;
  /** @deprecated `touch`. */
  renew?: boolean;
  /** Asks the store, not a copy. */
  fresh?: boolean;
}

/** What of a Set-Cookie header Next.js takes apart. */
export interface CookieToSet {
  name: string;
  value: string;
  path?: string;
  domain?: string;
  maxAge?: number;
  expires?: Date;
  httpOnly?: boolean;
  secure?: boolean;
  sameSite?: 'lax' | 'strict' | 'none';
  partitioned?: boolean;
}

/** What is used of the store that `cookies()` resolves to. */
export interface CookieStore {
  get(name: string): { value: string } | undefined;
  getAll(): { name: string; value: string }[];
  set(cookie: CookieToSet): unknown;
  delete(name: string): unknown;
}

/** What is used of a NextRequest. */
export interface ProxyRequest extends Request {
  readonly nextUrl: {
    readonly pathname: string;
    readonly search: string;
    readonly basePath?: string;
    readonly locale?: string;
    readonly defaultLocale?: string | undefined;
  };
}
