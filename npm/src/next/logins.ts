import type { AccountOutcome, Credentials, Passwords, Rejection } from '../accounts';
import type { Session as CoreSession, User } from '../sessions_types';
import type { Engine } from './config';
import type { Changes } from './changes';
import { forbidden } from './failures';
import { isForeign } from './origin';
import { validateOnce } from './request';
import type { Attributes, BaseConfig, CreateOptions } from './types';

// What a guest takes along; of an older session of a user nothing stays.
function carried(before: CoreSession | null, names: readonly string[] = []): Attributes {
  if (!before || before.userId !== null) return {};
  const { attributes } = before;
  const known = names.filter((name) => Object.hasOwn(attributes, name));
  return Object.fromEntries(known.map((name) => [name, attributes[name]]));
}

export type LoginOutcome = { rejection: Rejection; user: null } | { rejection: null; user: User };

/** Signing up and logging in with passwords that the store keeps; each sets the cookie. */
export class Logins {
  constructor(
    private readonly config: BaseConfig,
    private readonly engine: () => Engine,
    private readonly changes: Pick<Changes<never>, 'writable' | 'write'>,
  ) {}

  signUp(credentials: Credentials, options?: CreateOptions): Promise<LoginOutcome> {
    return this.enter('signUp', credentials, options);
  }

  logIn(credentials: Credentials, options?: CreateOptions): Promise<LoginOutcome> {
    return this.enter('logIn', credentials, options);
  }

  /** Ends every other session of the user; this one gets a new cookie. null: done. */
  async changePassword(passwords: Passwords): Promise<Rejection | null> {
    const request = await this.changes.writable('changePassword()');
    const { sessions } = this.engine();
    const { rejection, kept } = await sessions.accounts.changePassword(
      request.token ?? '',
      passwords,
    );
    if (kept) this.changes.write(request, kept.token, kept.session);
    return rejection;
  }

  private async enter(
    how: 'signUp' | 'logIn',
    credentials: Credentials,
    options: CreateOptions = {},
  ): Promise<LoginOutcome> {
    const request = await this.changes.writable(`${how}()`);
    const { sessions, origin } = this.engine();
    // Nobody is signed in as somebody else by a form of another site. Next.js sees to that in Server
    // Actions only.
    if (isForeign(request.headers, origin)) throw forbidden();
    const before = await validateOnce(request, sessions, { touch: false, fresh: true });
    const outcome: AccountOutcome = await sessions.accounts[how](credentials, {
      attributes: { ...carried(before.session, options.carry), ...options.attributes },
      ...(options.remember !== undefined && { remember: options.remember }),
      ...(options.level !== undefined && { level: options.level }),
      userAgent: request.headers.get('user-agent'),
      address: this.config.clientAddress?.(request.headers) ?? null,
    });
    if (outcome.rejection) return { rejection: outcome.rejection, user: null };
    if (before.session) await sessions.revoke(before.session);
    this.changes.write(request, outcome.token, outcome.session);
    return { rejection: null, user: outcome.user };
  }
}
