import { appBasePath } from '../base_path';
import { browserEnvironment } from './environment';
import { SessionMemory } from './session_memory';
import type {
  Channel,
  EndReason,
  Environment,
  InitialSession,
  RegisteredUser,
  Snapshot,
  StatusAnswer,
  StoreOptions,
  ToldSession,
} from './types';

const LOADING: Snapshot<never> = { status: 'loading', data: null, reason: null, expiresAt: null };
// The deadline is asked about a little after it, so that the answer is not "still there".
const SKEW = 250;
// A server that calls a session active past its deadline is not asked in a circle.
const PATIENCE = 5_000;
const FIRST_RETRY = 2_000;
const LAST_RETRY = 60_000;

type Ended = 'expired' | 'revoked';
type Undo = () => void;

/**
 * SessionStore is what a browser knows of its session: a value to subscribe to, without any
 * framework. It asks the server when something may have changed, and at the deadline; a failed
 * request changes nothing.
 */
export class SessionStore<User = RegisteredUser> {
  private snapshot: Snapshot<User>;
  private readonly options: StoreOptions<User>;
  private readonly environment: Environment;
  private readonly listeners = new Set<() => void>();
  private readonly expired = new Set<(reason: Ended) => void>();
  private readonly ended = new Set<(reason: EndReason) => void>();
  private readonly warned = new Set<(secondsLeft: number) => void>();
  private memory: SessionMemory | null = null;
  private channel: Channel | null = null;
  private undo: Undo[] = [];
  private timers: Record<string, Undo> = {};
  private running: Promise<void> | null = null;
  private again = false;
  private heard = false;
  private wantsUser = false;
  private readonly seen = new Set<string>(); // ids, for as long as the page lives
  private hint: string;
  private clockOffset = 0;
  private failures = 0;
  private starts = 0;

  constructor(options: StoreOptions<User> = {}) {
    this.options = options;
    this.environment = { ...browserEnvironment(), ...options.environment };
    this.snapshot = initialSnapshot(options.initialSession, options.initialUser ?? null);
    this.hint = textOf(options.initialSession, options.initialUser);
    if (options.initialSession) this.seen.add(options.initialSession.id);
  }

  readonly getSnapshot = (): Snapshot<User> => this.snapshot;

  readonly subscribe = (listener: () => void): Undo => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };

  /** Calls back once when the session expired or was revoked; never for a visitor without one. */
  onExpired(call: (reason: Ended) => void): Undo {
    return added(this.expired, call);
  }

  /** Calls back whenever an active session has ended, a sign-out in another tab included. */
  onEnd(call: (reason: EndReason) => void): Undo {
    return added(this.ended, call);
  }

  /** Calls back `warnBefore` seconds before the session ends. */
  onWarn(call: (secondsLeft: number) => void): Undo {
    return added(this.warned, call);
  }

  /** Begins to watch the page, other tabs and the clock. Returns what ends it. */
  start(): Undo {
    this.starts += 1;
    if (this.starts === 1) this.attach();
    let stopped = false;
    return () => {
      if (stopped) return;
      stopped = true;
      this.starts -= 1;
      if (this.starts === 0) this.detach();
    };
  }

  /** Tells the store that another page is shown. */
  navigated(): void {
    if (this.options.refetchOnNavigation !== false) void this.check();
  }

  /**
   * Takes the session of a page that the server rendered later. It is only a hint, because the
   * router also shows pages that it has cached. But a session that the page names did exist, and a
   * revision only grows.
   */
  hinted(session: InitialSession | null, user?: User | null): void {
    const hint = textOf(session, user);
    if (hint === this.hint) return;
    this.hint = hint;
    const { data } = this.snapshot;
    if (session?.id !== data?.id) {
      // The router has cached no page with a session that this browser has never seen. So a user who
      // has just signed in is shown at once, without waiting for the server.
      const isNew = session !== null && !data && !this.seen.has(session.id);
      if (session && this.memory?.lastId() !== session.id) {
        this.memory?.remember({ id: session.id, expiresAt: momentOf(session) });
        this.channel?.post();
      }
      if (isNew) {
        this.set(initialSnapshot(session, user ?? null));
        this.follow(session.id, momentOf(session));
      }
      void this.check();
    } else if (session && data) {
      const revision = revisionOf(session) ?? data.revision;
      if (revision > data.revision && user !== undefined) {
        this.set(initialSnapshot(session, user));
        this.follow(session.id, momentOf(session));
      } else if (revision >= data.revision && user !== undefined) {
        // The same user data, which the server has told meanwhile, is no news.
        if (textOf({ ...session, revision }, user) !== textOf(data, data.user)) void this.refetch();
      } else if (revision > data.revision) {
        void this.check();
      }
    }
  }

  /** Asks the server. Calls while an answer is under way share it. */
  check(): Promise<void> {
    this.running ??= this.ask().finally(() => {
      this.running = null;
      if (!this.again) return;
      this.again = false;
      void this.check();
    });
    return this.running;
  }

  /** Asks the server for an answer that is younger than this call. */
  recheck(): Promise<void> {
    if (this.running) this.again = true;
    return this.running ? this.running.then(() => this.running ?? undefined) : this.check();
  }

  /** The same, with the user's data, although the session may not have changed. */
  refetch(): Promise<void> {
    this.wantsUser = true;
    return this.recheck();
  }

  /** "Stay signed in": moves the deadline. */
  async renew(): Promise<void> {
    await this.post('renew');
    await this.recheck();
  }

  /** Ends this session; `others: true` ends the user's other sessions instead. */
  async signOut({ others = false }: { others?: boolean } = {}): Promise<void> {
    await this.post(others ? 'logout-others' : 'logout');
    if (others) {
      this.channel?.post();
      return this.recheck();
    }
    this.end('signed-out', false);
  }

  /** Replaces what the application knows of its user; the session is untouched. */
  setUser(user: User | null): void {
    const { data } = this.snapshot;
    if (data && data.user !== user) this.set({ ...this.snapshot, data: { ...data, user } });
  }

  private attach(): void {
    this.memory = new SessionMemory(this.environment.shared());
    this.channel = this.environment.openChannel(() => {
      this.heard = true;
      void this.recheck();
    });
    this.undo = [
      () => this.channel?.close(),
      this.environment.watchPage((how) => {
        if (how !== 'focus' || this.options.refetchOnWindowFocus !== false) void this.check();
      }),
    ];
    // A little later, so that everything that is mounted together hears of it.
    this.schedule('begin', 0, () => this.begin());
  }

  private begin(): void {
    const { status, data, expiresAt } = this.snapshot;
    if (status === 'loading') void this.check();
    if (data && expiresAt !== null) {
      if (this.memory?.lastId() !== data.id) this.channel?.post();
      this.follow(data.id, expiresAt);
    }
    if (status !== 'unauthenticated') return;
    const stated = statedIn(this.environment.search());
    this.end(stated, true);
    // Asking also deletes the cookie that has ended, where no proxy has done so.
    if (stated) void this.check();
  }

  private detach(): void {
    this.undo.forEach((call) => call());
    Object.values(this.timers).forEach((call) => call());
    this.undo = [];
    this.timers = {};
    this.channel = null;
  }

  private async ask(): Promise<void> {
    if (!this.environment.online() && !this.options.refetchWhenOffline) return;
    const wanted = this.wantsUser;
    this.wantsUser = false;
    try {
      const known = this.snapshot.data;
      let answer = await this.status(wanted || known === null);
      const { session } = answer;
      const changed =
        session && known && (session.id !== known.id || revisionOf(session) !== known.revision);
      if (changed && !wanted) answer = await this.status(true);
      this.failures = 0;
      this.take(answer);
    } catch {
      // Offline, 5xx or nonsense: not the end of a session. Somebody waiting is served later.
      this.wantsUser ||= wanted;
      const delay = Math.min(FIRST_RETRY * 2 ** this.failures, LAST_RETRY);
      this.failures += 1;
      if (this.starts > 0) this.schedule('retry', delay, () => void this.check());
    }
  }

  private async status(withUser: boolean): Promise<StatusAnswer<User>> {
    const answer = await this.environment.fetch(`${this.basePath()}${withUser ? '?user=1' : ''}`, {
      headers: { accept: 'application/json' },
      cache: 'no-store',
      credentials: 'same-origin',
    });
    if (!answer.ok) throw new Error(`the session route answered ${answer.status}`);
    const body = (await answer.json()) as StatusAnswer<User>;
    if (body.status !== 'authenticated' && body.status !== 'unauthenticated') {
      throw new Error('the session route answered something else');
    }
    return body;
  }

  private async post(action: string): Promise<void> {
    const answer = await this.environment.fetch(`${this.basePath()}/${action}`, {
      method: 'POST',
      headers: { accept: 'application/json' },
      credentials: 'same-origin',
    });
    // 401: the session had ended already, which the next check tells.
    if (!answer.ok && answer.status !== 401) {
      throw new Error(`the session route answered ${answer.status} to ${action}`);
    }
  }

  private take(answer: StatusAnswer<User>): void {
    this.clockOffset = answer.now - this.environment.now();
    const { session } = answer;
    if (!session) {
      this.end(answer.reason ?? statedIn(this.environment.search()), true);
      this.heard = false;
      return;
    }
    const known = this.snapshot.data;
    const user = answer.user !== undefined ? answer.user : (known?.user ?? null);
    const same =
      known &&
      known.id === session.id &&
      known.revision === revisionOf(session) &&
      this.snapshot.expiresAt === session.expiresAt &&
      answer.user === undefined;
    if (!same) this.set(authenticated(session, user));
    if (this.memory?.lastId() !== session.id && !this.heard) this.channel?.post();
    this.heard = false;
    this.follow(session.id, session.expiresAt);
  }

  private end(stated: Ended | 'signed-out' | null, tell: boolean): void {
    const before = this.snapshot;
    const now = this.environment.now() + this.clockOffset;
    const remembered =
      stated === 'signed-out' ? stated : (this.memory?.reasonOfEnd(stated, now) ?? null);
    const had = before.status === 'authenticated';
    const reason = remembered ?? (had ? 'signed-out' : null);
    this.clear();
    if (before.status !== 'unauthenticated' || (reason && !before.reason)) {
      this.set({ status: 'unauthenticated', data: null, reason, expiresAt: null });
    }
    if (tell && (reason === 'expired' || reason === 'revoked')) {
      const first = this.memory?.tellOnce() ?? false;
      if (had || first) this.expired.forEach((call) => call(reason));
    }
    if (reason === 'signed-out') this.memory?.forget();
    // A log-out by a form is first seen by the page after it, which never had the session itself.
    if (!this.heard && (had || reason === 'signed-out')) this.channel?.post();
    if (!had) return;
    this.ended.forEach((call) => call(reason));
  }

  /** Watches the deadline of an active session. */
  private follow(id: string, expiresAt: number): void {
    this.seen.add(id);
    this.memory?.remember({ id, expiresAt });
    if (this.starts === 0) return;
    const left = expiresAt - this.environment.now() - this.clockOffset;
    this.clear();
    const delay = left > 0 ? left + SKEW : PATIENCE;
    this.schedule('deadline', delay, () => void this.check());
    const { warnBefore = 0, refetchInterval = 0 } = this.options;
    if (warnBefore > 0 && left > warnBefore * 1000) {
      this.schedule('warning', left - warnBefore * 1000, () =>
        this.warned.forEach((call) => call(warnBefore)),
      );
    }
    if (refetchInterval > 0) {
      this.schedule('poll', refetchInterval * 1000, () => void this.check());
    }
  }

  private schedule(name: string, delay: number, call: () => void): void {
    this.timers[name]?.();
    this.timers[name] = this.environment.later(delay, call);
  }

  private clear(): void {
    Object.values(this.timers).forEach((call) => call());
    this.timers = {};
  }

  private basePath(): string {
    return this.options.basePath ?? `${appBasePath()}/api/session`;
  }

  private set(snapshot: Snapshot<User>): void {
    this.snapshot = snapshot;
    this.listeners.forEach((call) => call());
  }
}

export function createSessionStore<User = RegisteredUser>(
  options: StoreOptions<User> = {},
): SessionStore<User> {
  return new SessionStore<User>(options);
}

function added<T>(calls: Set<T>, call: T): Undo {
  calls.add(call);
  return () => void calls.delete(call);
}

function statedIn(search: string): Ended | null {
  const reason = new URLSearchParams(search).get('reason');
  return reason === 'expired' || reason === 'revoked' ? reason : null;
}

// What a page said, to be compared: the values themselves are made anew with every render.
function textOf(
  session: Revised & Pick<InitialSession, 'id'> | null | undefined,
  user: unknown,
): string {
  return JSON.stringify([session?.id, session && revisionOf(session), user], (_name, value: unknown) =>
    typeof value === 'bigint' ? String(value) : value,
  );
}

type Revised = Pick<InitialSession, 'revision' | 'version'>;

// A page or a server of the version before has the older name.
function revisionOf({ revision, version }: Revised): number | undefined {
  return revision ?? version;
}

function momentOf({ expiresAt }: InitialSession): number {
  return new Date(expiresAt).getTime();
}

function authenticated<User>(
  session: ToldSession,
  user: User | null,
): Snapshot<User> {
  const { id, userId, expiresAt } = session;
  const revision = revisionOf(session) ?? 1;
  const expires = new Date(expiresAt).toISOString();
  return {
    status: 'authenticated',
    reason: null,
    expiresAt,
    data: { id, userId, user, expires, revision, version: revision },
  };
}

function initialSnapshot<User>(
  session: InitialSession | null | undefined,
  user: User | null,
): Snapshot<User> {
  if (session === undefined) return LOADING;
  if (session === null) return { ...LOADING, status: 'unauthenticated' };
  return authenticated(
    {
      id: session.id,
      userId: session.userId,
      revision: revisionOf(session) ?? 1,
      expiresAt: momentOf(session),
    },
    user,
  );
}
