import { redirect } from 'next/navigation';
import type { Session as CoreSession } from '../sessions_types';
import { invalid, textOf } from '../arguments';
import { isLatchkeyError } from '../errors';
import { beginSession } from './begin';
import { pagesOf, type Engine } from './config';
import { cookieReadOnly } from './failures';
import { isUsers, present } from './present';
import { currentRequest, forget, validateOnce, writeCookies, type CurrentRequest } from './request';
import type { Attributes, CreateOptions, Session, SessionsConfig } from './types';

// As many as a store gives at once.
const PAGE = 1000;

export interface ListedSession<A = Attributes> extends Session<A> {
  /** The one this request came with. */
  current: boolean;
}

/** Everything that makes, changes or ends sessions: in Server Actions and Route Handlers. */
export class Changes<A extends Attributes> {
  constructor(
    private readonly config: SessionsConfig,
    private readonly engine: () => Engine,
  ) {}

  async createSession(userId: string | number, options: CreateOptions = {}): Promise<string> {
    const request = await this.writable('createSession()');
    const { sessions } = this.engine();
    const before = await validateOnce(request, sessions, { touch: false, fresh: true });
    const made = await beginSession(sessions, before.session, userId, {
      ...options,
      userAgent: request.headers.get('user-agent'),
      address: this.config.clientAddress?.(request.headers) ?? null,
    });
    this.write(request, made.token, made.session);
    return made.session.id;
  }

  /** A session for a visitor without an account; `createSession` turns it into a user's. */
  async createGuestSession(attributes: Attributes = {}): Promise<string> {
    const request = await this.writable('createGuestSession()');
    const address = this.config.clientAddress?.(request.headers) ?? null;
    const made = await this.engine().sessions.createGuest({ attributes, address });
    this.write(request, made.token, made.session);
    return made.session.id;
  }

  async updateSession(patch?: Attributes): Promise<Session<A> | null> {
    const request = await this.writable('updateSession()');
    const { sessions } = this.engine();
    if (request.token === null) return null;
    try {
      let { token, session } = await sessions.touch(request.token);
      if (patch) {
        const updated = await sessions.update(session, patch);
        token = updated.token ?? token;
        session = updated.session;
      }
      this.write(request, token ?? request.token, session);
      return isUsers(session) ? present<A>(session) : null;
    } catch (error) {
      if (isLatchkeyError(error) && error.code === 'ERR_LATCHKEY_NOT_FOUND') return null;
      throw error;
    }
  }

  /** After a second factor or a repeated password: a new secret, the same session. */
  async raiseLevel(level: number): Promise<Session<A> | null> {
    const request = await this.writable('raiseLevel()');
    if (typeof level !== 'number') throw invalid('level', 'a whole number', level);
    const { sessions } = this.engine();
    if (request.token === null) return null;
    try {
      const made = await sessions.rotate(request.token, { level });
      this.write(request, made.token, made.session);
      return isUsers(made.session) ? present<A>(made.session) : null;
    } catch (error) {
      if (isLatchkeyError(error) && error.code === 'ERR_LATCHKEY_NOT_FOUND') return null;
      throw error;
    }
  }

  async deleteSession(): Promise<boolean> {
    const request = await this.writable('deleteSession()');
    const { sessions } = this.engine();
    const ended = request.token !== null && (await sessions.revoke(request.token));
    if (request.hasCookie) {
      writeCookies(request, sessions.blankCookies(request.headers.get('cookie')));
    }
    forget(request, sessions);
    return ended;
  }

  async logout(to?: string): Promise<never> {
    await this.deleteSession();
    return redirect(to ?? pagesOf(this.config).afterLogout);
  }

  /** "Sign out everywhere else". Returns how many sessions ended; null: there is no session. */
  async deleteOtherSessions(): Promise<number | null> {
    const request = await this.writable('deleteOtherSessions()');
    const { sessions } = this.engine();
    const { session } = await validateOnce(request, sessions, { touch: false, fresh: true });
    if (!isUsers(session)) return null;
    const { ids, kept } = await sessions.revokeOthers(session);
    if (kept.token) this.write(request, kept.token, kept.session);
    return ids.length;
  }

  /** Ends every session of a user, this request's own too, as an administrator does. */
  async revokeUser(userId: string | number): Promise<void> {
    await this.engine().sessions.revokeUser(userId);
  }

  /** All live sessions of this request's user, newest first. Stateless carriers keep no list. */
  async listSessions(): Promise<ListedSession<A>[]> {
    const request = await currentRequest(this.engine);
    const { sessions } = this.engine();
    const { session } = await validateOnce(request, sessions, { touch: false });
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

  /** Ends one of the user's own sessions by its id. */
  async revokeOwnSession(id: string): Promise<boolean> {
    textOf(id, 'id');
    const own = await this.listSessions();
    if (!own.some((session) => session.id === id)) return false;
    return this.engine().sessions.revoke({ id });
  }

  async writable(call: string): Promise<CurrentRequest> {
    const request = await currentRequest(this.engine);
    if (!request.writable) throw cookieReadOnly(call);
    return request;
  }

  write(request: CurrentRequest, token: string, session: CoreSession): void {
    const { sessions } = this.engine();
    writeCookies(request, sessions.setCookies(token, session, request.headers.get('cookie')));
    forget(request, sessions);
  }
}
