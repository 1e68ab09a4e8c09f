import { invalid, textOf } from '../arguments';
import { makeError } from '../errors';
import { safePath } from '../guard';
import { Sessions } from '../sessions';
import type { CarrierName, SessionsOptions } from '../sessions_types';

/** What an application says once. */
export interface AuthOptions<Request> extends SessionsOptions {
  /** Where browsers reach the application, such as `https://app.example.com`. */
  publicUrl: string;
  /** The log-in page; `/login` unless told otherwise. */
  login?: string;
  /** Where a log-in leads that came from nowhere; `/` unless told otherwise. */
  home?: string;
  /**
   * The visitor's address, for limits and the list of devices: of a header only if your own proxy
   * writes it, for a client can send any.
   */
  clientAddress?: (request: Request) => string | null | undefined;
}

/** The options, judged once. */
export interface Setup<Request> {
  readonly sessions: Sessions;
  readonly carrier: CarrierName | undefined;
  readonly login: string;
  readonly home: string;
  readonly addressOf: (request: Request) => string | null;
}

/** makeSetup refuses what would only show later, on the first log-in. */
export function makeSetup<Request>(options: AuthOptions<Request>): Setup<Request> {
  const { login = '/login', home = '/', clientAddress, ...rest } = options ?? {};
  const sessions = new Sessions(rest as SessionsOptions);
  if (typeof rest.publicUrl !== 'string') {
    const message =
      "publicUrl: text such as 'https://app.example.com' is expected: it decides which pages may " +
      'send forms and what the cookie is called';
    throw makeError('ERR_LATCHKEY_BAD_CONFIG', message);
  }
  if (clientAddress !== undefined && typeof clientAddress !== 'function') {
    throw invalid('clientAddress', 'a function', clientAddress);
  }
  return {
    sessions,
    carrier: rest.carrier,
    login: ownPath(login, 'login'),
    home: ownPath(home, 'home'),
    addressOf: (request) => clientAddress?.(request) ?? null,
  };
}

function ownPath(value: unknown, name: string): string {
  const path = textOf(value, name);
  // Judged where it is used, too: the native part may not be there yet while modules are loaded.
  if (path.startsWith('/')) return path;
  throw makeError('ERR_LATCHKEY_BAD_CONFIG', `${name}: a path such as '/login' is expected`);
}

/** Where a log-in leads: `wanted` from a form or query when it stays on this site, else home. */
export function safeNext(setup: Setup<never>, wanted: unknown): string {
  return safePath(wanted, setup.home);
}
