import type { Credentials, Rejection } from '../accounts';
import { textOf } from '../arguments';
import { makeError, orNull } from '../errors';
import type { RequestFacts } from '../facts';
import type { Begun, Change, ChangeOptions, HeaderLine, RequestLike } from '../requests';
import { tokenOf } from '../session_lists';
import type {
  Attributes,
  CreateOptions,
  EventOptions,
  EventPage,
  Session,
  User,
  UserIdLike,
} from '../sessions_types';
import { answerTo, type Answer, type Demand, shortfallOf } from './answers';
import { joinCookies } from './headers';
import { safeNext, type Setup } from './options';

/** A request as a framework hands it over. */
export interface AskedRequest extends RequestLike {
  /** The path with its query. */
  target: string;
  address: string | null;
}

/** How a log-in or sign-up opens the session. */
export interface LogInOptions extends Omit<CreateOptions, 'userAgent' | 'address'> {
  /** Of a guest's attributes those that move along, by name. */
  carry?: readonly string[];
}

/** A session in a list of the user's devices. */
export interface Device extends Session {
  /** The one this request came with. */
  current: boolean;
}

// As many as a store gives at once.
const PAGE = 1000;

/**
 * One request: who asks, what they may do, and which headers go back. All of it is decided by the
 * C++ front door; this object carries it into a framework.
 */
export class RequestSession {
  #begun: Begun;
  #cookie: string | null | undefined;
  readonly #setup: Setup<never>;
  readonly #request: AskedRequest;
  readonly #facts: RequestFacts;
  readonly #changed: (session: RequestSession) => void;
  #headersSent = false;
  #shortfall: 'level' | 'recency' | null = null;

  /** @internal */
  constructor(
    setup: Setup<never>,
    request: AskedRequest,
    facts: RequestFacts,
    begun: Begun,
    changed: (session: RequestSession) => void,
  ) {
    this.#setup = setup;
    this.#request = request;
    this.#facts = facts;
    this.#begun = begun;
    this.#changed = changed;
    this.#cookie = request.cookie;
  }

  /** `user` is a signed-in, enabled user, and the only state that is anybody. */
  get state(): Begun['state'] {
    return this.#begun.state;
  }
  /** Of a user or a guest. */
  get session(): Session | null {
    return this.#begun.session;
  }
  /** Of a signed-in user, otherwise null: a guest is nobody. */
  get userId(): string | null {
    return this.state === 'user' ? (this.session?.userId ?? null) : null;
  }
  /** What the store knows of the user, if `withUser` asked for it. */
  get user(): User | null {
    return this.#begun.user;
  }
  /** Every header that goes back. Adapters write them; a program without one does it itself. */
  get headers(): readonly HeaderLine[] {
    return this.#begun.headers;
  }

  /** After this no cookie can go back: what needs one fails, and ending sessions still works. */
  markHeadersSent(): void {
    this.#headersSent = true;
  }

  /** null: done, and the session is theirs. Otherwise what the form is to say. */
  signUp(credentials: Credentials, options: LogInOptions = {}): Promise<Rejection | null> {
    return this.#enter('signUp', { ...options, ...credentials });
  }

  logIn(credentials: Credentials, options: LogInOptions = {}): Promise<Rejection | null> {
    return this.#enter('logIn', { ...options, ...credentials });
  }

  /** After a check of your own: OAuth, a magic link, users in your own table. */
  async logInUser(userId: UserIdLike, options: LogInOptions = {}): Promise<void> {
    await this.#enter('logInUser', { ...options, userId });
  }

  changePassword(current: unknown, replacement: unknown): Promise<Rejection | null> {
    return this.#enter('changePassword', { password: current, replacement });
  }

  /** Asks for the password once more; null: it is right, and the last login is now. */
  reauthenticate(password: unknown): Promise<Rejection | null> {
    return this.#enter('reauthenticate', { password });
  }

  /** false: there was no session. The cookie goes in any case. */
  async logOut(): Promise<boolean> {
    return (await this.#change('logOut', {})).ended > 0;
  }

  /** How many sessions ended; this one stays. */
  async logOutOthers(): Promise<number> {
    return (await this.#change('logOutOthers', {})).ended;
  }

  /** After a second factor or a repeated password: a new secret, the same session. */
  async raiseLevel(level: number): Promise<void> {
    await this.#change('raiseLevel', { level });
  }

  /** A session for a visitor without an account: a cart, not a right. */
  async startGuest(attributes: Attributes = {}): Promise<void> {
    if (!this.#mayWrite) throw headersSent('startGuest()');
    const { address } = this.#request;
    const made = await this.#setup.sessions.createGuest({ attributes, address });
    this.#write(made.token, made.session);
  }

  /** Replaces attributes, each whole: null removes one. false: no session. */
  async update(patch: Attributes): Promise<boolean> {
    if (!this.session) return false;
    const { carrier = 'stored' } = this.#setup;
    if (carrier !== 'stored' && !this.#mayWrite) throw headersSent('update()');
    const made = await orNull(this.#setup.sessions.set(this.session, patch));
    if (!made) return false;
    const token = made.token ?? tokenOf(this.session);
    if (made.token !== null && token !== undefined) this.#write(token, made.session);
    else this.#begun = { ...this.#begun, session: made.session };
    return true;
  }

  /** The live sessions of this user, newest first. Stateless carriers keep no list. */
  async devices(): Promise<Device[]> {
    const { userId } = this;
    if (userId === null) return [];
    const found: Device[] = [];
    let after = '';
    do {
      const page = await this.#setup.sessions.list(userId, { after, limit: PAGE });
      for (const one of page.sessions) {
        found.push({ ...one, current: one.id === this.session?.id });
      }
      after = page.next;
    } while (after !== '');
    return found;
  }

  /** What happened to this user's account, newest first; nothing for guests and strangers. */
  async events(options: EventOptions = {}): Promise<EventPage> {
    const { userId } = this;
    if (userId === null) return { events: [], next: '' };
    return this.#setup.sessions.events(userId, options);
  }

  /** Ends one of the user's own sessions. false: the user has no such session. */
  async endDevice(id: string): Promise<boolean> {
    textOf(id, 'id');
    if (!(await this.devices()).some((device) => device.id === id)) return false;
    return this.#setup.sessions.revoke({ id });
  }

  /** Whether a signed-in user has what is demanded. A level or an age is judged by the store. */
  async require(demand: Demand = {}): Promise<boolean> {
    if (this.state === 'user' && (demand.level || demand.maxAuthAge)) await this.#refresh();
    this.#shortfall = shortfallOf(this.session, demand);
    return this.state === 'user' && this.#shortfall === null;
  }

  /** What goes back when `require` said no, or the request was refused. */
  refusal(): Answer {
    const what = this.state === 'user' ? (this.#shortfall ?? 'level') : this.state;
    return answerTo(this.#setup, this.#request, this.#facts, what);
  }

  /** Where a log-in leads: `wanted` when it stays on this site, otherwise home. */
  safeNext(wanted: unknown): string {
    return safeNext(this.#setup, wanted);
  }

  async #refresh(): Promise<void> {
    const asked = { ...this.#request, ...(this.#cookie !== undefined && { cookie: this.#cookie }) };
    const facts = { ...this.#facts, fresh: true, passive: true, mayWrite: this.#mayWrite };
    const begun = await this.#setup.sessions.begin(asked, facts);
    this.#begun = { ...begun, headers: joinCookies(this.#begun.headers, begun.headers) };
    this.#changed(this);
  }

  get #mayWrite(): boolean {
    return !this.#headersSent && this.#facts.mayWrite !== false;
  }

  async #enter(change: Change, options: ChangeOptions): Promise<Rejection | null> {
    const { address } = this.#request;
    return (await this.#change(change, { ...options, address })).rejection;
  }

  async #change(change: Change, options: ChangeOptions) {
    const { method, headers } = this.#request;
    const request: RequestLike = {
      method,
      headers,
      ...(this.#cookie !== undefined && { cookie: this.#cookie }),
    };
    const facts = { ...this.#facts, mayWrite: this.#mayWrite };
    const made = await this.#setup.sessions.change(request, change, options, facts);
    this.#take(made);
    return made;
  }

  #write(token: string, session: Session): void {
    const { sessions } = this.#setup;
    const lines = sessions.setCookies(token, session, this.#cookie ?? null);
    const rules = this.#begun.headers.filter(([name]) => name !== 'Set-Cookie');
    const state = session.userId === null ? 'guest' : 'user';
    const headers: HeaderLine[] = [
      ...lines.map((line): HeaderLine => ['Set-Cookie', line]),
      ...rules,
    ];
    this.#take({ ...this.#begun, state, session, headers }, token);
  }

  // What was written counts for the rest of this request, though the browser has not sent it yet.
  #take(begun: Begun, token = begun.session ? tokenOf(begun.session) : undefined): void {
    const { name } = this.#setup.sessions.cookie;
    this.#cookie = token === undefined ? null : `${name}=${token}`;
    this.#begun = { ...begun, headers: joinCookies(this.#begun.headers, begun.headers) };
    this.#changed(this);
  }
}

function headersSent(call: string) {
  const message = `${call} writes a cookie, and the answer has left already`;
  return makeError('ERR_LATCHKEY_HEADERS_SENT', message, 500);
}
