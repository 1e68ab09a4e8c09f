import { typedText, type Credentials, type Passwords, type Rejection } from '../accounts';
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
      return { password: typedText(current), replacement: typedText(replacement) };
    };
    return (await this.changes.change('changePassword', typed)).rejection;
  }

  private async enter(
    how: 'signUp' | 'logIn',
    credentials: Credentials,
    options: CreateOptions = {},
  ): Promise<LoginOutcome> {
    const typed = () => {
      checkOptions(credentials, 'credentials');
      const { username, password } = credentials;
      return { username: typedText(username), password: typedText(password) };
    };
    const { rejection, user } = await this.changes.enter(how, typed, options);
    return rejection ? { rejection, user: null } : { rejection: null, user: user as User };
  }
}
