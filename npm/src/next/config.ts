import { mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { appBasePath } from '../base_path';
import { Sessions } from '../sessions';
import type { SessionsOptions } from '../sessions_types';
import { misuse } from './failures';
import { refuseBuildOutput, sqliteFile } from './store_place';
import { warnOnce } from './warnings';
import type { BaseConfig, Pages } from './types';

/** A configuration at work. */
export interface Engine {
  sessions: Sessions;
  /** What the Origin header of our own forms says. */
  origin: string;
  /** Sessions may be bound to their browser, and the cookie alone is not all. */
  binds: boolean;
}

export function pagesOf(config: BaseConfig): Required<Pages> {
  const { login = '/login', home = '/', afterLogout = '/' } = config.pages ?? {};
  return { login, home, afterLogout };
}

export function basePathOf(config: BaseConfig): string {
  return (config.basePath ?? '/api/session').replace(/\/+$/, '');
}

/**
 * Reads the configuration and the environment. Called with the first request and never at import:
 * `next build` evaluates modules where there is no secret and must be no database.
 */
export function openEngine(config: BaseConfig, env: NodeJS.ProcessEnv = process.env): Engine {
  const publicUrl = publicUrlOf(config, env);
  const carrier = config.carrier ?? 'stored';
  const deviceBinding = bindingOf(config, env);
  const { name, sameSite, domain, former, persistent, renew } = config.cookie ?? {};
  const options: SessionsOptions = {
    store: storeOf(config, env),
    carrier,
    publicUrl: publicUrl.origin,
    ...(carrier !== 'stored' && { secret: secretOf(config, env, carrier) }),
    ...given({ idle: config.idle, absolute: config.absolute }),
    ...given({ lastSeenEvery: config.lastSeenEvery, maxPerUser: config.maxPerUser }),
    ...given({ persistent, renewCookie: renew, sealFormat: config.sealFormat }),
    ...given({ deviceBinding, boundCookieLife: config.boundCookieLife }),
    deviceRoutes: `${appBasePath()}${basePathOf(config)}/device`,
    cookie: given({ name, sameSite, domain, former }),
  };
  const sessions = new Sessions(options);
  makeFolder(options.store, env);
  const binds = deviceBinding !== undefined && deviceBinding !== 'off';
  return { sessions, origin: publicUrl.origin, binds };
}

// The core judges the value.
function bindingOf({ deviceBinding }: BaseConfig, env: NodeJS.ProcessEnv) {
  return deviceBinding ?? (env['LATCHKEY_DEVICE_BINDING'] as BaseConfig['deviceBinding']);
}

// Left out is what is undefined: anything else that is no text is refused, not replaced.
function storeOf({ store }: BaseConfig, env: NodeJS.ProcessEnv): string {
  if (store !== undefined) return store;
  const named = env['LATCHKEY_STORE'] ?? 'sqlite:./data/latchkey.db';
  if (named !== '') return named;
  throw misuse('LATCHKEY_STORE is empty: name a store in it, or remove it');
}

// A fresh checkout has no folder for its data yet. Nobody but the server reads it.
function makeFolder(store: string, env: NodeJS.ProcessEnv): void {
  const file = sqliteFile(store);
  if (file === null) return;
  refuseBuildOutput(file, env);
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
}

type Given<T> = { [Name in keyof T]?: Exclude<T[Name], undefined> };

function given<T extends object>(members: T): Given<T> {
  const entries = Object.entries(members).filter(([, value]) => value !== undefined);
  return Object.fromEntries(entries) as Given<T>;
}

function secretOf(
  config: BaseConfig,
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

const NO_ADDRESS =
  'in production set LATCHKEY_PUBLIC_URL, or the option `publicUrl`, to the address browsers ' +
  'use, such as https://example.com or, to try it here, http://localhost:3000';

function lacksAddress(config: BaseConfig, env: NodeJS.ProcessEnv): boolean {
  return !(config.publicUrl ?? env['LATCHKEY_PUBLIC_URL']) && env['NODE_ENV'] === 'production';
}

/**
 * Says in one line what would fail every request, when the server starts: it loads the application's
 * modules then. `next build` loads them too, and needs no address.
 */
export function warnOfAddress(config: BaseConfig, env: NodeJS.ProcessEnv = process.env): void {
  if (!lacksAddress(config, env) || env['NEXT_PHASE'] === 'phase-production-build') return;
  warnOnce(`every request will fail: ${NO_ADDRESS}`);
}

// The address decides the cookie's name, Secure and the origin of forms; a Host header never does.
function publicUrlOf(config: BaseConfig, env: NodeJS.ProcessEnv): URL {
  const text = config.publicUrl ?? env['LATCHKEY_PUBLIC_URL'];
  if (lacksAddress(config, env)) throw misuse(NO_ADDRESS);
  try {
    return new URL(text || `http://localhost:${env['PORT'] || 3000}`);
  } catch {
    throw misuse('`publicUrl` is no URL such as https://example.com');
  }
}
