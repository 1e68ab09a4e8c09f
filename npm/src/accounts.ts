import { checkOptions } from './arguments';
import { createArguments } from './create_arguments';
import { native, type Open, type OutcomeList, type RejectionList } from 'latchkey/native';
import { toNewSession, toUser } from './session_lists';
import type { CreateOptions, NewSession, User } from './sessions_types';

/** Why an attempt was refused, in a text for the person who made it. */
export interface Rejection {
  code:
    | 'username_invalid'
    | 'username_taken'
    | 'password_too_short'
    | 'password_too_long'
    | 'password_invalid'
    | 'password_common'
    | 'wrong_credentials'
    | 'rate_limited'
    | 'sign_up_closed';
  message: string;
  /** The field of the form that the message is about; null: of neither alone. */
  field: 'username' | 'password' | null;
  /** With `rate_limited`: seconds until the next try. Answer 429 with it as Retry-After. */
  retryAfter?: number;
}

export type AccountOutcome =
  | { rejection: Rejection; user: null; token: null; session: null }
  | ({ rejection: null; user: User } & NewSession);

export interface PasswordOutcome {
  /** null: the password is the new one. */
  rejection: Rejection | null;
  /** The session that stays, with its new token; null: the user has to log in again. */
  kept: NewSession | null;
}

/** As a form sends it: what is no text is refused like an empty one. */
export interface Passwords {
  current: unknown;
  replacement: unknown;
}

/** As a form sends it: `{ username: form.get('username'), password: form.get('password') }`. */
export interface Credentials {
  username: unknown;
  password: unknown;
}

/**
 * Users with passwords (Argon2id), kept in the same store. Hashing never runs on the event loop.
 * Applications with users of their own do not need it.
 */
export class Accounts {
  readonly #open: () => Open;

  constructor(open: () => Open) {
    this.#open = open;
  }

  /** signUp adds a user and opens its first session. */
  signUp(credentials: Credentials, options: CreateOptions = {}): Promise<AccountOutcome> {
    return this.#enter(true, credentials, options);
  }

  /** logIn costs the same work for an unknown user. */
  logIn(credentials: Credentials, options: CreateOptions = {}): Promise<AccountOutcome> {
    return this.#enter(false, credentials, options);
  }

  /**
   * changePassword changes the password of the user that `token` belongs to, and ends every other session of
   * that user. The one that stays is given a new token.
   */
  async changePassword(token: string, passwords: Passwords): Promise<PasswordOutcome> {
    checkOptions(passwords, 'passwords');
    const { current, replacement } = passwords;
    const [refused, kept] = await native().change_password(
      this.#open(),
      token,
      typedText(current),
      typedText(replacement),
      Date.now(),
    );
    return { rejection: toRejection(refused), kept: kept && toNewSession(kept) };
  }

  async #enter(
    signUp: boolean,
    credentials: Credentials,
    options: CreateOptions,
  ): Promise<AccountOutcome> {
    checkOptions(credentials, 'credentials');
    const { username, password } = credentials;
    const now = Date.now();
    const outcome: OutcomeList = await native().enter(
      this.#open(),
      signUp,
      typedText(username),
      typedText(password),
      createArguments(options),
      now,
    );
    const rejection = toRejection(outcome[0]);
    if (rejection) return { rejection, user: null, token: null, session: null };
    return { rejection: null, user: toUser(outcome[2]!), ...toNewSession(outcome[1]!) };
  }
}

/** What a form sends in a field; what is no text counts as an empty one. */
export function typedText(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

export function toRejection(list: RejectionList | null): Rejection | null {
  if (!list) return null;
  const [code, message, retryAfter] = list;
  const [, field = null] = /^(username|password)_/.exec(code) ?? [];
  return { code, message, field, ...(retryAfter > 0 && { retryAfter }) } as Rejection;
}
