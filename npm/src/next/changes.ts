import { checkOptions, textOf } from '../arguments';
import { isLatchkeyError, orNull } from '../errors';
import type { RequestFacts } from '../facts';
import type { Change, ChangedRequest, ChangeOptions, HeaderLine } from '../requests';
import type { EventOptions, EventPage, Session as CoreSession } from '../sessions_types';
import { pagesOf, type Engine } from './config';
import { cookieReadOnly, forbidden } from './failures';
import { isUsers, present } from './present';
import {
  asked,
  beginOnce,
  currentRequest,
  factsOf,
  forget,
  redirectTo,
  writeCookies,
  type CurrentRequest,
} from './request';
import type { Attributes, BaseConfig, CreateOptions, Session } from './types';
import { warnOnce } from './warnings';

// As many as a store gives at once.
const PAGE = 1000;

const GUESTS_UNLIMITED =
  'guest sessions are not limited, because createSessions() has no `clientAddress`: name the header ' +
  'in which your proxy gives the address, or limit requests there';

export interface ListedSession<A = Attributes> extends Session<A> {
  /** The one this request came with. */
  current: boolean;
}

/** Everything that makes, changes or ends sessions: in Server Actions and Route Handlers. */
export class Changes<A extends Attributes> {
  constructor(
    private readonly config: BaseConfig,
    private readonly engine: () => Engine,
  ) {}

  async createSession(userId: string | number, options: CreateOptions = {}): Promise<string> {
    const { rejection, session } = await this.enter('logInUser', () => ({ userId }), options);
    if (rejection || !session) throw forbidden();
    return session.id;
  }

  /** A session for a visitor without an account; `createSession` turns it into a user's. */
  async createGuestSession(attributes: Attributes = {}): Promise<string> {
    const request = await this.writable('createGuestSession()');
    if (!this.config.clientAddress) warnOnce(GUESTS_UNLIMITED);
    const address = this.config.clientAddress?.(request.headers) ?? null;
    const made = await this.engine().sessions.createGuest({ attributes, address });
    this.write(request, made.token, made.session);
    return made.session.id;
  }

  async updateSession(patch?: Attributes): Promise<Session<A> | null> {
    const request = await this.writable('updateSession()');
    const { sessions } = this.engine();
    const shown = sessions.readCookie(request.cookie);
    if (shown === null) return null;
    if (this.engine().binds) {
      const { state } = await beginOnce(request, sessions, { active: false });
      if (state === 'unproven') return null;
    }
    const touched = await orNull(sessions.touch(shown));
    const made = patch && touched ? await orNull(sessions.set(touched.session, patch)) : touched;
    if (!touched || !made) return null;
    this.write(request, made.token ?? touched.token ?? shown, made.session);
    return isUsers(made.session) ? present<A>(made.session) : null;
  }

  /** After a second factor or a repeated password: a new secret, the same session. */
  async raiseLevel(level: number): Promise<Session<A> | null> {
    const made = await orNull(this.change('raiseLevel', () => ({ level })));
    return made && isUsers(made.session) ? present<A>(made.session) : null;
  }

  async deleteSession(): Promise<boolean> {
    return (await this.change('logOut', () => ({}), 'deleteSession()')).ended > 0;
  }

  async logout(to?: string): Promise<never> {
    await this.deleteSession();
    const request = await currentRequest(this.engine);
    return redirectTo(request, to ?? pagesOf(this.config).afterLogout, this.engine().origin);
  }

  /** "Sign out everywhere else". Returns how many sessions ended; null: there is no session. */
  async deleteOtherSessions(): Promise<number | null> {
    const made = await orNull(this.change('logOutOthers', () => ({}), 'deleteOtherSessions()'));
    return made && made.ended;
  }

  /** Ends every session of a user, this request's own too, as an administrator does. */
  async revokeUser(userId: string | number): Promise<void> {
    await this.engine().sessions.revokeUser(userId);
  }

  /** All live sessions of this request's user, newest first. Stateless carriers keep no list. */
  async listSessions(): Promise<ListedSession<A>[]> {
    const request = await currentRequest(this.engine);
    const { sessions } = this.engine();
    const { session } = await beginOnce(request, sessions, { active: false });
    if (!isUsers(session)) return [];
    const own: CoreSession[] = [];
    let after = '';
    do {
      const page = await sessions.list(session.userId, { after, limit: PAGE });
      own.push(...page.sessions);
      after = page.next;
    } while (after !== '');
    return own
      .filter(isUsers)
      .map((found) => ({ ...present<A>(found), current: found.id === session.id }));
  }

  /** What happened to the account of this request's user, newest first. */
  async listEvents(options: EventOptions = {}): Promise<EventPage> {
    const request = await currentRequest(this.engine);
    const { sessions } = this.engine();
    const { session } = await beginOnce(request, sessions, { active: false });
    if (!isUsers(session)) return { events: [], next: '' };
    return sessions.events(session.userId, options);
  }

  /** Ends one of the user's own sessions by its id. */
  async revokeOwnSession(id: string): Promise<boolean> {
    textOf(id, 'id');
    const own = await this.listSessions();
    if (!own.some((session) => session.id === id)) return false;
    return this.engine().sessions.revoke({ id });
  }

  /** Opens a session; the one that this browser had ends, and of a guest's `carry` moves along. */
  async enter(change: Change, who: () => ChangeOptions, options: CreateOptions) {
    const request = await this.writable(`${change === 'logInUser' ? 'createSession' : change}()`);
    checkOptions(options);
    const address = this.config.clientAddress?.(request.headers) ?? null;
    // Nobody is signed in as somebody else by a form of another site. Server Actions are guarded by
    // Next.js, and who is to be the user of `createSession` has been found out by the program, often
    // with a page of another site. A browser sends an Origin with every form, so a request without
    // one does not come from a form.
    const crossSite = change === 'logInUser' || request.headers.has('next-action');
    const entry = { ...options, ...who(), address };
    return this.apply(request, change, entry, { crossSite, jsonOnly: true });
  }

  /** Changes the session of this request. */
  async change(change: Change, options: () => ChangeOptions, call = `${change}()`) {
    const request = await this.writable(call);
    return this.apply(request, change, options(), {});
  }

  private async apply(
    request: CurrentRequest,
    change: Change,
    options: ChangeOptions,
    facts: RequestFacts,
  ): Promise<ChangedRequest> {
    const { sessions } = this.engine();
    try {
      const known = { ...factsOf(request), ...facts };
      const changed = await sessions.change(asked(request), change, options, known);
      writeCookies(request, changed.headers);
      return changed;
    } catch (error) {
      if (isLatchkeyError(error) && error.code === 'ERR_LATCHKEY_ORIGIN_REFUSED') throw forbidden();
      throw error;
    } finally {
      forget(request, sessions);
    }
  }

  private async writable(call: string): Promise<CurrentRequest> {
    const request = await currentRequest(this.engine);
    if (!request.writable) throw cookieReadOnly(call);
    return request;
  }

  private write(request: CurrentRequest, token: string, session: CoreSession): void {
    const { sessions } = this.engine();
    const lines = sessions.setCookies(token, session, request.cookie);
    writeCookies(request, lines.map((line): HeaderLine => ['Set-Cookie', line]));
    forget(request, sessions);
  }
}
