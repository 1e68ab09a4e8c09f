import { createHash } from 'node:crypto';
import { native, nativeFor, type Open } from 'latchkey/native';
import { Accounts } from './accounts';
import {
  memberTexts,
  patchText,
  checkOptions,
  flagOf,
  invalid,
  kindOf,
  textOf,
  textsOf,
  userIdText,
} from './arguments';
import { createArguments } from './create_arguments';
import { millis } from './duration';
import { makeError } from './errors';
import type { RequestFacts } from './facts';
import { isDate } from './realm';
import {
  beginRequest,
  changeRequest,
  type Begun,
  type Change,
  type ChangedRequest,
  type ChangeOptions,
  type RequestLike,
} from './requests';
import { secretsText } from './secrets';
import {
  toEvent,
  toNewSession,
  tokenOf,
  toSession,
  toUpdated,
  toValidation,
} from './session_lists';
import type {
  Attributes,
  CreateOptions,
  Duration,
  EventOptions,
  EventPage,
  NewSession,
  Session,
  SessionPage,
  SessionRef,
  SessionsOptions,
  Updated,
  UserIdLike,
  ValidateOptions,
  Validation,
} from './sessions_types';

const DURATIONS = [
  'idle',
  'absolute',
  'lastSeenEvery',
  'browserIdle',
  'browserAbsolute',
  'guest',
  'snapshot',
  'touchEvery',
  'boundCookieLife',
  'eventRetention',
] as const;
const PLAIN = [
  'carrier',
  'publicUrl',
  'preset',
  'sliding',
  'persistent',
  'renewCookie',
  'maxPerUser',
  'guestsPerMinute',
  'maxChunks',
  'sealFormat',
  'deviceBinding',
  'deviceRoutes',
] as const;

// The core judges the values; what it cannot be given at all, or would be given as something else,
// is refused here. `cookie.name` is what a member of `cookie` is called there.
function flatten(options: SessionsOptions): Record<string, unknown> {
  const flat: Record<string, unknown> = {};
  for (const name of PLAIN) flat[name] = plain(options[name], name);
  for (const name of DURATIONS) {
    const value: Duration | undefined = options[name];
    if (value !== undefined) flat[name] = millis(value, name);
  }
  const { cookie = {}, secret } = options;
  if (!isObject(cookie)) throw refused('cookie', 'an object', cookie);
  for (const [name, value] of Object.entries(cookie)) {
    flat[`cookie.${name}`] = name === 'former' ? scopes(value) : plain(value, `cookie.${name}`);
  }
  if (secret !== undefined) flat['secrets'] = secretsText(secret);
  return flat;
}

function plain(value: unknown, name: string): unknown {
  if (['undefined', 'string', 'number', 'boolean'].includes(typeof value)) return value;
  throw refused(name, 'text, a number, true or false', value);
}

// [{domain, path}] as [domain, path, domain, path, ...].
function scopes(former: unknown): string[] | undefined {
  if (former === undefined) return undefined;
  const wanted = 'a list such as [{ domain: "example.com" }]';
  if (!Array.isArray(former)) throw refused('cookie.former', wanted, former);
  return former.flatMap((scope: unknown) => {
    const given = isObject(scope) ? (scope as { domain?: unknown; path?: unknown }) : undefined;
    const { domain = '', path = '/' } = given ?? { domain: null };
    if (typeof domain === 'string' && typeof path === 'string') return [domain, path];
    throw refused('cookie.former', wanted, scope);
  });
}

const isObject = (value: unknown): value is object =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

function refused(name: string, wanted: string, value: unknown) {
  const message = `${name}: ${wanted} is expected, not ${kindOf(value)}`;
  return makeError('ERR_LATCHKEY_BAD_CONFIG', message);
}

/**
 * Sessions of one store. Nothing is opened before the first call that needs it, and equal options
 * share what is open in this process, so a module that is loaded again opens nothing twice.
 *
 * ```ts
 * const sessions = new Sessions({ store: 'sqlite:app.db', publicUrl: 'https://app.example' });
 * const { token, session } = await sessions.create('user-1');
 * response.setHeader('Set-Cookie', sessions.setCookie(token, session));
 * sessions.validate(token).session?.userId; // 'user-1'
 * ```
 */
export class Sessions {
  readonly #store: string;
  readonly #flat: Record<string, unknown>;
  readonly #key: string;
  #open: Open | undefined;
  /** Users with passwords in the same store. */
  readonly accounts = new Accounts(() => this.#native);

  constructor(options: SessionsOptions) {
    if (!isObject(options)) throw refused('options', 'an object', options);
    if (typeof options.store !== 'string') throw refused('store', 'text', options.store);
    this.#store = options.store;
    this.#flat = flatten(options);
    const text = JSON.stringify([this.#store, process.cwd(), this.#flat]);
    this.#key = createHash('sha256').update(text).digest('base64url');
  }

  get #native(): Open {
    this.#open ??= nativeFor(this.#store).open_sessions(this.#key, this.#store, this.#flat);
    return this.#open;
  }

  /** open opens an embedded store now instead of with the first call. */
  open(): this {
    void this.#native;
    return this;
  }

  /** close ends this configuration for the whole process; a later call opens it again. */
  async close(): Promise<void> {
    this.#open = undefined;
    await native().close_sessions(this.#key);
  }

  /** create makes a session for a user. Durable when it resolves. */
  async create(userId: UserIdLike, options: CreateOptions = {}): Promise<NewSession> {
    return this.#create(userIdText(userId), options);
  }

  /** createGuest makes a session without a user, to be attached to one later. */
  async createGuest(options: CreateOptions = {}): Promise<NewSession> {
    return this.#create(null, options);
  }

  async #create(user: string | null, options: CreateOptions): Promise<NewSession> {
    const made = await native().create(this.#native, user, createArguments(options), Date.now());
    return toNewSession(made);
  }

  /**
   * validate decides about a token, at once. Whatever a client can send is an ordinary value. For
   * stores in this process (SQLite, memory); behind a network it is ERR_LATCHKEY_UNSUPPORTED.
   */
  validate(token: string | null | undefined, options: ValidateOptions = {}): Validation {
    const list = native().validate(this.#native, token, Date.now(), bits(options));
    return toValidation(list, token);
  }

  /** validateAsync is validate for any store; it waits for a network only when it has to. */
  async validateAsync(
    token: string | null | undefined,
    options: ValidateOptions = {},
  ): Promise<Validation> {
    const list = await native().validate_async(this.#native, token, Date.now(), bits(options));
    return toValidation(list, token);
  }

  /**
   * begin finds out who sends a request, and which headers go back: the one call that a framework
   * needs. It waits for a network only when it has to. Wants `publicUrl`.
   */
  async begin(request: RequestLike, facts: RequestFacts = {}): Promise<Begun> {
    checkOptions(facts, 'facts');
    return beginRequest(this.#native, request, facts);
  }

  /** change logs in, logs out and so on, and returns what begin would, as it is afterwards. */
  async change(
    request: RequestLike,
    change: Change,
    options: ChangeOptions = {},
    facts: RequestFacts = {},
  ): Promise<ChangedRequest> {
    checkOptions(facts, 'facts');
    return changeRequest(this.#native, request, change, options, facts);
  }

  /** revoke ends a session. False: there was none. */
  async revoke(session: SessionRef): Promise<boolean> {
    return native().revoke(this.#native, ...target(session), Date.now());
  }

  /** revokeUser ends every session of a user but `except`, and returns the ids. */
  async revokeUser(userId: UserIdLike, except: string | null = null): Promise<string[]> {
    const user = userIdText(userId);
    if (except !== null) textOf(except, 'except', 'the id of a session or null');
    return [...(await native().revoke_user(this.#native, user, false, Date.now(), except))];
  }

  /** revokeOthers ends every session of the user but this one, named by token or validation. */
  async revokeOthers(session: SessionRef): Promise<{ ids: string[]; kept: Updated }> {
    const [name, byToken] = target(session);
    const token = byToken ? name : '';
    const [ids, kept] = await native().revoke_others(this.#native, token, true, Date.now());
    return { ids: [...ids], kept: toUpdated(kept, token) };
  }

  /** list returns the live sessions of a user, newest first. */
  async list(
    userId: UserIdLike,
    options: { after?: string; limit?: number } = {},
  ): Promise<SessionPage> {
    const user = userIdText(userId);
    checkOptions(options);
    const { after = '', limit = 50 } = options;
    textOf(after, 'after');
    const [records, next] = await native().list(this.#native, user, after, limit, Date.now());
    return { sessions: records.map((record) => toSession(record)), next };
  }

  /**
   * events returns what happened to the account of a user, newest first, as that user may see it:
   * log-ins, failed ones, ends of sessions, changes of the password.
   */
  async events(userId: UserIdLike, options: EventOptions = {}): Promise<EventPage> {
    const user = userIdText(userId);
    checkOptions(options);
    const { after = '', limit = 50 } = options;
    textOf(after, 'after');
    const [events, next] = await native().events(this.#native, user, after, limit, Date.now());
    return { events: events.map((event) => toEvent(event)), next };
  }

  /** set replaces members of the attributes, each whole: nothing of an old object stays in it. null
   * removes a member. Parallel changes of other members are kept. */
  async set(session: SessionRef, patch: Attributes): Promise<Updated> {
    const [name, byToken] = target(session);
    const [names, values] = memberTexts(patch);
    const list = await native().edit(this.#native, name, byToken, Date.now(), names, values);
    return toUpdated(list, byToken ? name : undefined);
  }

  /** update applies a JSON merge patch to the attributes: null removes a member. */
  async update(session: SessionRef, patch: Attributes): Promise<Updated> {
    const [name, byToken] = target(session);
    const text = patchText(patch);
    const list = await native().update(this.#native, name, byToken, Date.now(), text);
    return toUpdated(list, byToken ? name : undefined);
  }

  /** touch moves the idle deadline now ("stay signed in"). */
  async touch(session: SessionRef): Promise<Updated> {
    const [name, byToken] = target(session);
    const list = await native().touch(this.#native, name, byToken, Date.now());
    return toUpdated(list, byToken ? name : undefined);
  }

  /** rotate gives the session a new secret, and with `level` a new authentication level. */
  async rotate(session: SessionRef, options: { level?: number } = {}): Promise<NewSession> {
    checkOptions(options);
    const { level } = options;
    if (level === null) throw invalid('level', 'a number', level);
    const list = await native().rotate(
      this.#native,
      ...target(session),
      Date.now(),
      level ?? null,
    );
    return toNewSession(list);
  }

  /** attach turns a guest's session into one of `userId`; of its attributes `carry` move along. */
  async attach(
    guest: SessionRef,
    userId: UserIdLike,
    options: CreateOptions & { carry?: readonly string[] } = {},
  ): Promise<NewSession> {
    checkOptions(options);
    const { carry = [], ...create } = options;
    const list = await native().attach(
      this.#native,
      ...target(guest),
      Date.now(),
      userIdText(userId),
      createArguments(create),
      textsOf(carry, 'carry'),
    );
    return toNewSession(list);
  }

  /** prune deletes what is 24 hours past its deadline and returns how many rows went. */
  async prune(): Promise<number> {
    return native().hygiene(this.#native, 'prune', Date.now());
  }

  /** flush writes queued touches now. */
  async flush(): Promise<void> {
    await native().hygiene(this.#native, 'flush', Date.now());
  }

  /** setCookie returns the Set-Cookie value for a session. */
  setCookie(token: string, session: Session): string {
    return this.setCookies(token, session)[0] as string;
  }

  /** setCookies returns every Set-Cookie value: more than one when a long text is cut. */
  setCookies(token: string, session: Session, cookieHeader?: string | null): string[] {
    checkOptions(session, 'session');
    const { persistent, idleExpiresAt, absoluteExpiresAt } = session;
    const made = native().set_cookies(
      this.#native,
      textOf(token, 'token'),
      flagOf(persistent, 'session.persistent'),
      Date.now(),
      lines(cookieHeader),
      millisOf(idleExpiresAt),
      millisOf(absoluteExpiresAt),
    );
    return [...made];
  }

  /** blankCookie returns the Set-Cookie value that deletes the cookie, attributes included. */
  blankCookie(): string {
    return this.blankCookies()[0] as string;
  }

  blankCookies(cookieHeader?: string | null): string[] {
    return [...native().blank_cookies(this.#native, lines(cookieHeader))];
  }

  /** readCookie finds the token in a Cookie header; null when there is none, or two. */
  readCookie(cookieHeader: string | null | undefined): string | null {
    return native().read_cookie(this.#native, lines(cookieHeader));
  }

  /** cookie tells the name and attributes of the cookie. */
  get cookie() {
    const [name, secure, httpOnly, sameSite, path, domain, partitioned] = native().cookie_options(
      this.#native,
    );
    const found = { name, secure, httpOnly, sameSite, path };
    return { ...found, ...(domain && { domain }), ...(partitioned && { partitioned }) };
  }
}

function lines(header: string | null | undefined): string[] {
  if (header === null || header === undefined || header === '') return [];
  return [textOf(header, 'cookieHeader', 'the text of a Cookie header or null')];
}

// What is no Date is no number for the core, which refuses it.
const millisOf = (date: unknown): number => (isDate(date) ? date.getTime() : NaN);

function bits(options: ValidateOptions): number {
  checkOptions(options);
  return (
    (flagOf(options.touch, 'touch', true) ? 1 : 0) |
    (flagOf(options.withUser, 'withUser') ? 2 : 0) |
    (flagOf(options.fresh, 'fresh') ? 4 : 0) |
    (flagOf(options.snapshotOk, 'snapshotOk') ? 8 : 0)
  );
}

// Text is a token and never an id, however it looks: it may have come from a client's cookie, and
// ids are public.
function target(session: SessionRef): [name: string, byToken: boolean] {
  if (typeof session === 'string') return [session, true];
  const wanted = 'a token, a session or { id }';
  if (!isObject(session)) throw invalid('session', wanted, session);
  const token = tokenOf(session as Session);
  return token === undefined ? [textOf(session.id, 'session.id'), false] : [token, true];
}
