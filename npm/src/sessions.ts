import { createHash } from 'node:crypto';
import { native, nativeFor, type Open } from 'latchkey/native';
import { Accounts } from './accounts';
import { millis } from './duration';
import { secretsText } from './secrets';
import { toNewSession, tokenOf, toSession, toUpdated, toValidation } from './session_lists';
import type {
  Attributes,
  CreateOptions,
  Duration,
  NewSession,
  Session,
  SessionPage,
  SessionRef,
  SessionsOptions,
  Updated,
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
] as const;

function flatten(options: SessionsOptions): Record<string, unknown> {
  const flat: Record<string, unknown> = {};
  for (const name of PLAIN) flat[name] = options[name];
  for (const name of DURATIONS) {
    const value: Duration | undefined = options[name];
    if (value !== undefined) flat[name] = millis(value);
  }
  for (const [name, value] of Object.entries(options.cookie ?? {})) {
    flat[`cookie${name[0]?.toUpperCase()}${name.slice(1)}`] = value;
  }
  if (options.secret !== undefined) flat['secrets'] = secretsText(options.secret);
  return flat;
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
    this.#store = /^[a-z][a-z+]*:/.test(options.store) ? options.store : `sqlite:${options.store}`;
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
  async create(userId: string | number, options: CreateOptions = {}): Promise<NewSession> {
    return this.#create(String(userId), options);
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
    return toValidation(list, token ?? '');
  }

  /** validateAsync is validate for any store; it waits for a network only when it has to. */
  async validateAsync(
    token: string | null | undefined,
    options: ValidateOptions = {},
  ): Promise<Validation> {
    const list = await native().validate_async(this.#native, token, Date.now(), bits(options));
    return toValidation(list, token ?? '');
  }

  /** revoke ends a session. False: there was none. */
  async revoke(session: SessionRef): Promise<boolean> {
    return native().revoke(this.#native, ...target(session), Date.now());
  }

  /** revokeUser ends every session of a user but `except`, and returns the ids. */
  async revokeUser(userId: string | number, except: string | null = null): Promise<string[]> {
    return native().revoke_user(this.#native, String(userId), false, Date.now(), except);
  }

  /** revokeOthers ends every session of the user but this one, named by token or validation. */
  async revokeOthers(session: SessionRef): Promise<{ ids: string[]; kept: Updated }> {
    const token = typeof session === 'string' ? session : (tokenOf(session as Session) ?? '');
    const [ids, kept] = await native().revoke_others(this.#native, token, true, Date.now());
    return { ids, kept: toUpdated(kept, token) };
  }

  /** list returns the live sessions of a user, newest first. */
  async list(
    userId: string | number,
    { after = '', limit = 50 }: { after?: string; limit?: number } = {},
  ): Promise<SessionPage> {
    const user = String(userId);
    const [records, next] = await native().list(this.#native, user, after, limit, Date.now());
    return { sessions: records.map((record) => toSession(record)), next };
  }

  /** update applies a JSON merge patch to the attributes: null removes a member. */
  async update(session: SessionRef, patch: Attributes): Promise<Updated> {
    const [name, byToken] = target(session);
    const text = JSON.stringify(patch);
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
  async rotate(session: SessionRef, { level }: { level?: number } = {}): Promise<NewSession> {
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
    userId: string | number,
    options: CreateOptions & { carry?: readonly string[] } = {},
  ): Promise<NewSession> {
    const list = await native().attach(
      this.#native,
      ...target(guest),
      Date.now(),
      String(userId),
      createArguments(options),
      [...(options.carry ?? [])],
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
    return native().set_cookies(
      this.#native,
      token,
      session.persistent,
      Date.now(),
      lines(cookieHeader),
      session.idleExpiresAt.getTime(),
      session.absoluteExpiresAt.getTime(),
    );
  }

  /** blankCookie returns the Set-Cookie value that deletes the cookie, attributes included. */
  blankCookie(): string {
    return this.blankCookies()[0] as string;
  }

  blankCookies(cookieHeader?: string | null): string[] {
    return native().blank_cookies(this.#native, lines(cookieHeader));
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
  return header ? [header] : [];
}

function createArguments({ attributes, ...others }: CreateOptions): object {
  return attributes ? { ...others, attributes: JSON.stringify(attributes) } : others;
}

function bits(options: ValidateOptions): number {
  return (
    (options.touch === false ? 0 : 1) |
    (options.withUser ? 2 : 0) |
    (options.fresh ? 4 : 0) |
    (options.snapshotOk ? 8 : 0)
  );
}

// Text is a token and never an id, however it looks: it may have come from a client's cookie, and
// ids are public.
function target(session: SessionRef): [name: string, byToken: boolean] {
  if (typeof session === 'string') return [session, true];
  const token = tokenOf(session as Session);
  return token === undefined ? [session.id, false] : [token, true];
}
