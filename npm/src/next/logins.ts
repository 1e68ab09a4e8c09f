import type { Credentials, Passwords, Rejection } from '../accounts';
import { checkOptions } from '../arguments';
import type { User } from '../sessions_types';
import type { Changes } from './changes';
import type { CreateOptions } from './types';

export type LoginOutcome = { rejection: Rejection; user: null } | { rejection: null; user: User };

/** Signing up and logging in with passwords that the store keeps; each sets the cookie. */
export class Logins {
  constructor(private readonly changes: Pick<Changes<never>, 'change' | 'enter'>) {}

  signUp(credentials: Credentials, options?: CreateOptions): Promise<LoginOutcome> {
    return this.enter('signUp', credentials, options);
  }

  logIn(credentials: Credentials, options?: CreateOptions): Promise<LoginOutcome> {
    return this.enter('logIn', credentials, options);
  }

  /** Ends every other session of the user; this one gets a new cookie. null: done. */
  async changePassword(passwords: Passwords): Promise<Rejection | null> {
    const typed = () => {
      checkOptions(passwords, 'passwords');
      const { current, replacement } = passwords;
      return { password: current ?? '', replacement: replacement ?? '' };
    };
    return (await this.changes.change('changePassword', typed)).rejection;
  }

  /** The password once more, for what needs a recent login: same session, new cookie. null: done. */
  async reauthenticate(password: unknown): Promise<Rejection | null> {
    return (await this.changes.change('reauthenticate', () => ({ password: password ?? '' })))
      .rejection;
  }

  private async enter(
    how: 'signUp' | 'logIn',
    credentials: Credentials,
    options: CreateOptions = {},
  ): Promise<LoginOutcome> {
    // Nothing else of what a form sent, such as a level.
    const typed = () => {
      checkOptions(credentials, 'credentials');
      const { username, password } = credentials;
      return { username: username ?? '', password: password ?? '' };
    };
    const { rejection, user } = await this.changes.enter(how, typed, options);
    return rejection ? { rejection, user: null } : { rejection: null, user: user as User };
  }
}
