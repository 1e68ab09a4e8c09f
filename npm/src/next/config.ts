import { mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { Sessions } from '../sessions';
import type { SessionsOptions } from '../sessions_types';
import { misuse } from './failures';
import type { Pages, SessionsConfig } from './types';

/** A configuration at work. */
export interface Engine {
  sessions: Sessions;
  /** What the Origin header of our own forms says. */
  origin: string;
}

export function pagesOf(config: SessionsConfig): Required<Pages> {
  const { login = '/login', home = '/', afterLogout = '/' } = config.pages ?? {};
  return { login, home, afterLogout };
}

export function basePathOf(config: SessionsConfig): string {
  return (config.basePath ?? '/api/session').replace(/\/+$/, '');
}

/**
 * Reads the configuration and the environment. Called with the first request and never at import:
 * `next build` evaluates modules where there is no secret and must be no database.
 */
export function openEngine(config: SessionsConfig, env: NodeJS.ProcessEnv = process.env): Engine {
  const publicUrl = publicUrlOf(config, env);
  const carrier = config.carrier ?? 'stored';
  const { name, sameSite, domain, persistent, renew } = config.cookie ?? {};
  const options: SessionsOptions = {
    store: storeOf(config, env),
    carrier,
    publicUrl: publicUrl.origin,
    ...(carrier !== 'stored' && { secret: secretOf(config, env, carrier) }),
    ...given({ idle: config.idle, absolute: config.absolute }),
    ...given({ lastSeenEvery: config.lastSeenEvery, maxPerUser: config.maxPerUser }),
    ...given({ persistent, renewCookie: renew }),
    cookie: given({ name, sameSite, domain }),
  };
  makeFolder(options.store);
  return { sessions: new Sessions(options), origin: publicUrl.origin };
}

// Left out is what is undefined: anything else that is no text is refused, not replaced.
function storeOf({ store }: SessionsConfig, env: NodeJS.ProcessEnv): string {
  if (store !== undefined) return store;
  return env['LATCHKEY_STORE'] ?? 'sqlite:./data/latchkey.db';
}

// A fresh checkout has no folder for its data yet. Nobody but the server reads it.
function makeFolder(store: string): void {
  const path = /^sqlite:(.+)$/.exec(store)?.[1];
  if (path) mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
}

type Given<T> = { [Name in keyof T]?: Exclude<T[Name], undefined> };

function given<T extends object>(members: T): Given<T> {
  const entries = Object.entries(members).filter(([, value]) => value !== undefined);
  return Object.fromEntries(entries) as Given<T>;
}

function secretOf(
  config: SessionsConfig,
  env: NodeJS.ProcessEnv,
  carrier: string,
): string | readonly string[] {
  const secret = config.secret ?? env['SESSION_SECRET'];
  if (secret === undefined || secret.length === 0) {
    throw misuse(
      `the carrier '${carrier}' needs a secret: set SESSION_SECRET (\`npx latchkey secret\` ` +
        'makes one) or the option `secret`',
    );
  }
  return secret;
}

// The address decides the cookie's name, Secure and the origin of forms; a Host header never does.
function publicUrlOf(config: SessionsConfig, env: NodeJS.ProcessEnv): URL {
  const text = config.publicUrl ?? env['LATCHKEY_PUBLIC_URL'];
  if (!text && env['NODE_ENV'] === 'production') {
    throw misuse(
      'in production set LATCHKEY_PUBLIC_URL, or the option `publicUrl`, to the address browsers ' +
        'use, such as https://example.com or, to try it here, http://localhost:3000',
    );
  }
  try {
    return new URL(text || `http://localhost:${env['PORT'] || 3000}`);
  } catch {
    throw misuse('`publicUrl` is no URL such as https://example.com');
  }
}
