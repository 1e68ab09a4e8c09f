import type { Session as CoreSession } from '../sessions_types';
import { millis } from '../duration';
import { shortfallOf } from '../frameworks/answers';
import { pagesOf, type Engine } from './config';
import { unauthorized } from './failures';
import { loginPath } from './paths';
import { clientSession, isUsers, present, presentGuest, reasonOf, touches } from './present';
import { beginOnce, currentRequest, redirectTo, type CurrentRequest } from './request';
import { clientUserOf, userOf } from './users';
import type {
  AbsentReason,
  Attributes,
  CheckedSession,
  Duration,
  GuestSession,
  ProviderProps,
  Session,
  SessionsConfig,
  VerifyOptions,
} from './types';

type UsersSession = CoreSession & { userId: string };

export interface Found<User> {
  request: CurrentRequest;
  session: UsersSession | null;
  user: User | null;
  reason: 'expired' | 'revoked' | null;
}

/** Everything that finds out who asks. Reads only, but for cookies where Next.js allows them. */
export class Gate<User, A extends Attributes> {
  constructor(
    private readonly config: SessionsConfig<User>,
    private readonly engine: () => Engine,
  ) {}

  /** Finds the session of this request. `active`: it counts as activity. */
  async find(active: boolean, fresh = false): Promise<Found<User>> {
    const request = await currentRequest(this.engine);
    const { sessions } = this.engine();
    const answer = await beginOnce(request, sessions, { active, fresh });
    const { session } = answer;
    const reason = reasonOf(answer.state);
    if (!isUsers(session)) return { request, session: null, user: null, reason };
    const user = await userOf(this.config, request, sessions, { ...answer, session });
    if (user === null) return { request, session: null, user: null, reason: null };
    return { request, session, user, reason: null };
  }

  async verifySession(options: VerifyOptions = {}): Promise<Session<A> | null> {
    const found = await this.find(touches(options), options.fresh);
    if (found.session) return present<A>(found.session);
    if (options.redirect === false) return null;
    return this.refuse(found.request, found.reason, options);
  }

  async getSession(): Promise<Session<A> | null> {
    const { session } = await this.find(false);
    return session && present<A>(session);
  }

  /** The session of a visitor without an account, which every other call takes for none. */
  async getGuestSession(): Promise<GuestSession<A> | null> {
    const request = await currentRequest(this.engine);
    const answer = await beginOnce(request, this.engine().sessions, { active: false });
    return answer.session?.userId === null ? presentGuest<A>(answer.session) : null;
  }

  async verifyAuth(
    options: Pick<VerifyOptions, 'touch' | 'renew'> = {},
  ): Promise<{ user: User; session: Session<A> } | { user: null; session: null }> {
    const { session, user } = await this.find(touches(options));
    return session && user ? { user, session: present<A>(session) } : { user: null, session: null };
  }

  /** What <SessionProvider> begins with. A layout asks, which is no activity. */
  async providerProps(): Promise<ProviderProps> {
    const { session, user } = await this.find(false);
    if (!session || !user) return { initialSession: null, initialUser: null };
    const initialUser = clientUserOf(this.config, user, session);
    return { initialSession: clientSession(present(session)), initialUser };
  }

  async checkSession(): Promise<CheckedSession> {
    const { session, reason } = await this.find(false);
    if (session) return { isValid: true, userId: session.userId };
    return reason ? { isValid: false, reason } : { isValid: false };
  }

  async requireRecentLogin(
    within: Duration,
    options: Omit<VerifyOptions, 'fresh' | 'touch' | 'renew'> = {},
  ): Promise<Session<A> | null> {
    const { request, session, reason } = await this.find(true, true);
    // For the core an age of 0 is no demand; here it is the strictest one.
    const maxAuthAge = `${Math.max(1, millis(within, 'within'))}ms` as const;
    if (session && shortfallOf(session, { maxAuthAge }) === null) return present<A>(session);
    if (options.redirect === false) return null;
    return this.refuse(request, session ? 'recent_login' : reason, options);
  }

  /** Redirects a user who is already signed in away from a login page. */
  async redirectIfSignedIn(to?: string): Promise<void> {
    const { request, session } = await this.find(false);
    if (session) this.leave(request, to ?? pagesOf(this.config).home);
  }

  private refuse(
    request: CurrentRequest,
    reason: AbsentReason | null,
    options: VerifyOptions,
  ): never {
    if (request.isHandler && typeof options.redirect !== 'string') throw unauthorized();
    const page = options.redirect || pagesOf(this.config).login;
    return this.leave(request, loginPath(page, reason, options.next));
  }

  private leave(request: CurrentRequest, to: string): never {
    return redirectTo(request, to, this.engine().origin);
  }
}
