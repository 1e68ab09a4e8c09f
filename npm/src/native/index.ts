// The functions of the addon (npm/native), loaded when the first of them is needed and never at
// import: `next build` evaluates modules, too.
//
// Import it as 'latchkey/native', also from the files beside it: bundlers leave out of a bundle what
// is named in `serverExternalPackages`, and that is this one entry. Everything else is bundled with
// the application, which React components have to be. It has a folder of its own because webpack
// looks for that name in the path of the file, and Turbopack in the import.

/** Something native that is held by JavaScript. */
export type Handle<Name extends string> = { readonly handle: Name };

/** The generation of a row's shape, then its columns without the session's id; `true` is the user's
 * id where it is that of the session. */
export type LuciaRow = readonly [generation: number, ...columns: unknown[]];

/** Values in one text, which `packed.ts` reads; those that are not ASCII stand behind it. */
export type Packed<What extends string> = (string | [string, ...string[]]) & { packed?: What };
export type RecordList = Packed<'session'>;
export type UserList = Packed<'user'>;
export type ValidationList = Packed<'validation'>;
export type NewSessionList = Packed<'new session'>;
export type UpdatedList = Packed<'updated session'>;
export type CookieList = [
  name: string,
  secure: boolean,
  httpOnly: boolean,
  sameSite: 'lax' | 'strict' | 'none',
  path: string,
  domain: string,
  partitioned: boolean,
];

export type RejectionList = [name: string, text: string, retryAfter: number];
export type OutcomeList = [
  rejection: RejectionList | null,
  session: NewSessionList | null,
  user: UserList | null,
];

/** What a request is: the lines are name, value, name, value ...; null: the usual ones. */
export type SeenList = [
  state: 'none' | 'guest' | 'user' | 'expired' | 'revoked' | 'refused' | 'unproven',
  session: RecordList | null,
  user: UserList | null,
  lines: string[] | null,
  token: string | null,
];
export type EventList = [
  id: string,
  at: number,
  kind: string,
  sessionId: string | null,
  reason: string,
  userAgent: string,
  address: string,
  requestId: string,
];
export type ChangedList = [
  rejection: RejectionList | null,
  count: number,
  seen: SeenList,
  deviceStatus: number,
  deviceJson: string,
];
export type Open = Handle<'sessions'>;
export type SealPassword = Handle<'seal password'>;
type Lucia = Handle<'lucia'>;

export interface Native {
  version(): string;

  make_seal_password(id: string, password: string): SealPassword;
  seal(password: SealPassword, json: string, ttlMillis: number, now: number): string;
  unseal(password: SealPassword | null, seal: string, now: number): string | number;

  deny(store: string, key: string, until: number, now: number): Promise<null>;
  is_denied(store: string, key: string): boolean | Promise<boolean>;

  jws_open(token: string, key: Uint8Array, bits: number): string | number;
  jws_sign(header: string, payload: string, key: Uint8Array, bits: number): string;
  jwe_open(
    encodedHeader: string,
    key: Uint8Array,
    enc: string,
    iv: Uint8Array,
    ciphertext: Uint8Array,
    tag: Uint8Array,
  ): Uint8Array<ArrayBuffer> | null;
  jwe_seal(
    encodedHeader: string,
    plaintext: string,
    key: Uint8Array,
    enc: string,
    iv: Uint8Array | undefined,
  ): string;

  open_sessions(key: string, store: string, options: object): Open;
  close_sessions(key: string): Promise<null>;
  validate(open: Open, token: unknown, now: number, bits: number): ValidationList;
  validate_async(open: Open, token: unknown, now: number, bits: number): Promise<ValidationList>;
  create(open: Open, user: string | null, options: object, now: number): Promise<NewSessionList>;
  list(
    open: Open,
    user: string,
    after: string,
    limit: number,
    now: number,
  ): Promise<[records: RecordList[], next: string]>;
  events(
    open: Open,
    user: string,
    after: string,
    limit: number,
    now: number,
  ): Promise<[events: EventList[], next: string]>;
  hygiene(open: Open, what: 'prune' | 'flush', now: number): Promise<number>;

  revoke(open: Open, target: string, byToken: boolean, now: number): Promise<boolean>;
  update(
    open: Open,
    target: string,
    byToken: boolean,
    now: number,
    patch: string,
  ): Promise<UpdatedList>;
  edit(
    open: Open,
    target: string,
    byToken: boolean,
    now: number,
    names: readonly string[],
    values: readonly string[],
  ): Promise<UpdatedList>;
  touch(open: Open, target: string, byToken: boolean, now: number): Promise<UpdatedList>;
  rotate(
    open: Open,
    target: string,
    byToken: boolean,
    now: number,
    level: number | null,
  ): Promise<NewSessionList>;
  attach(
    open: Open,
    target: string,
    byToken: boolean,
    now: number,
    user: string,
    options: object,
    carry: string[],
  ): Promise<NewSessionList>;
  revoke_others(
    open: Open,
    token: string,
    byToken: true,
    now: number,
  ): Promise<[ids: string[], kept: UpdatedList]>;
  revoke_user(
    open: Open,
    user: string,
    byToken: false,
    now: number,
    except: string | null,
  ): Promise<string[]>;

  set_cookies(
    open: Open,
    token: string,
    persistent: boolean,
    now: number,
    lines: string[],
    idleExpiresAt: number,
    absoluteExpiresAt: number,
  ): string[];
  enter(
    open: Open,
    signUp: boolean,
    username: string,
    password: string,
    options: object,
    now: number,
  ): Promise<OutcomeList>;
  change_password(
    open: Open,
    token: string,
    current: string,
    replacement: string,
    now: number,
  ): Promise<[rejection: RejectionList | null, kept: NewSessionList | null]>;

  begin(
    open: Open,
    cookie: string | null,
    facts: number,
    headers: string,
    now: number,
  ): SeenList | Promise<SeenList>;
  change(
    open: Open,
    cookie: string | null,
    facts: number,
    headers: string,
    now: number,
    change: string,
    options: object,
  ): Promise<ChangedList>;
  usual_headers(): string[];

  duration(text: string): number | null;
  safe_redirect(target: string): string;
  shortfall(
    level: number,
    authenticatedAt: number,
    now: number,
    demandedLevel: number,
    maxAuthAge: number,
  ): 'level' | 'recency' | null;
  answer(
    cookie: null,
    facts: number,
    headers: string,
    what: string,
    target: string,
    login: string,
    home: string,
  ): [status: number, problem: string, challenge: string, retryAfter: string, location: string];
  check_origin(
    cookie: null,
    facts: number,
    headers: string,
    publicUrl: string,
  ): 'allowed' | 'cross_site' | 'foreign_origin' | 'unproven_form' | 'repeated_header';

  blank_cookies(open: Open, lines: string[]): string[];
  read_cookie(open: Open, lines: string[]): string | null;
  cookie_options(open: Open): CookieList;

  open_lucia(path: string, sessions: string, users: string, hashed: boolean): Lucia;
  close_lucia(lucia: Lucia): null;
  lucia_find(lucia: Lucia, id: string, cells: Float64Array): string | LuciaRow | null;
  lucia_shape(lucia: Lucia): [generation: number, sessionColumns: number, names: string[]];
  lucia_list(lucia: Lucia, user: unknown): [names?: unknown[], ...rows: unknown[][]];
  lucia_insert(
    lucia: Lucia,
    id: string,
    user: unknown,
    end: number,
    names: string[],
    values: unknown[],
  ): Promise<null>;
  lucia_extend(lucia: Lucia, id: string, end: number): Promise<null>;
  lucia_update(lucia: Lucia, id: string, names: string[], values: unknown[]): Promise<boolean>;
  lucia_remove(lucia: Lucia, id: string): Promise<null>;
  lucia_remove_user(lucia: Lucia, user: unknown, except: string): Promise<null>;
  lucia_remove_expired(lucia: Lucia, now: number): Promise<null>;
  lucia_add_indexes(lucia: Lucia): Promise<null>;

  lucia_store_find(
    store: string,
    id: string,
    withUser: boolean,
    fresh: boolean,
  ): StoredLuciaSession | null | Promise<StoredLuciaSession | null>;
  lucia_store_insert(
    store: string,
    id: string,
    user: string | null,
    end: number,
    attributes: string,
    now: number,
  ): Promise<null>;
  lucia_store_extend(store: string, id: string, end: number, now: number): Promise<null>;
  lucia_store_replace(
    store: string,
    id: string,
    attributes: string,
    version: number,
    now: number,
  ): Promise<'replaced' | 'conflict' | 'gone'>;
  lucia_store_remove(store: string, id: string, now: number): Promise<null>;
  lucia_store_remove_user(
    store: string,
    user: string,
    except: string | null,
    now: number,
  ): Promise<null>;
  lucia_store_list(
    store: string,
    user: string,
    now: number,
  ): Promise<[name: string, end: number, attributes: string][]>;
  lucia_store_prune(store: string, now: number): Promise<null>;

  needs_postgres(store: string): boolean;
  postgres: NativePostgres;
}

export type StoredLuciaSession = [
  user: string | null,
  end: number,
  attributes: string,
  version: number,
  username: string | null,
  userAttributes: string | null,
];

/** Rows as PostgreSQL writes them: each column's name and type, then lists of texts. */
export type TextRows = [
  sessionColumns: number,
  names: string[],
  types: number[],
  ...rows: (string | null)[][],
];

export type PostgresLucia = Handle<'lucia on postgres'>;

/** What needs the system's libpq. */
export interface NativePostgres {
  /** Finds libpq. Null, or what is wrong; before the rest is called. */
  load(): string | null;
  open_lucia(
    url: string,
    sessions: string,
    users: string,
    hashed: boolean,
  ): Promise<PostgresLucia>;
  close_lucia(lucia: PostgresLucia): null;
  lucia_find(lucia: PostgresLucia, id: string): Promise<TextRows>;
  lucia_list(lucia: PostgresLucia, user: string): Promise<TextRows>;
  lucia_insert(
    lucia: PostgresLucia,
    id: string,
    user: string | null,
    end: string,
    names: string[],
    values: (string | null)[],
  ): Promise<null>;
  lucia_extend(lucia: PostgresLucia, id: string, end: string): Promise<null>;
  lucia_update(
    lucia: PostgresLucia,
    id: string,
    names: string[],
    values: (string | null)[],
  ): Promise<boolean>;
  lucia_remove(lucia: PostgresLucia, id: string): Promise<boolean>;
  lucia_remove_user(lucia: PostgresLucia, user: string, except: string): Promise<null>;
  lucia_remove_expired(lucia: PostgresLucia, now: string): Promise<null>;
  lucia_add_indexes(lucia: PostgresLucia): Promise<null>;
}

interface Loader {
  hasBinary(): boolean;
  load(): Native;
  noLibpq(reason: string): Error;
}
declare const require: (name: '../loader.cjs') => Loader;

let loaded: Native | undefined;

/** Whether there is an addon for this machine. Loads nothing. */
export function hasNative(): boolean {
  return require('../loader.cjs').hasBinary();
}

/** The addon. Throws ERR_LATCHKEY_NO_BINARY where there is none for this platform. */
export function native(): Native {
  loaded ??= require('../loader.cjs').load();
  return loaded;
}

/** The part for PostgreSQL. Throws ERR_LATCHKEY_NO_BINARY where libpq is missing. */
export function nativePostgres(): NativePostgres {
  const { postgres } = native();
  const problem = postgres.load();
  if (problem !== null) throw require('../loader.cjs').noLibpq(problem);
  return postgres;
}

/** nativeFor is the addon, ready to open `store`. Throws when the text names no store. */
export function nativeFor(store: string): Native {
  const addon = native();
  if (addon.needs_postgres(store)) nativePostgres();
  return addon;
}
