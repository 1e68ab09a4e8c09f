// getIronSession, sealData and unsealData for one runtime.

import { badUsage, findJar, findOldJar } from './jars';
import { openOldSession } from './old_session';
import type { RevocationBackend } from './revocation';
import { sealWith, unsealWith, type SealCodec } from './seal_data';
import { openSession } from './session';
import type {
  CookieJar,
  CookieStore,
  IronSession,
  RequestLike,
  ResponseLike,
  SealOptions,
  SessionOptions,
  UnsealOptions,
} from './types';

type Cookies = CookieStore | CookieJar;

export interface GetIronSession {
  /** Reads the session in Next.js's `cookies()`, awaited or not, or in any jar of cookies. */
  <T extends object>(
    cookies: Cookies | Promise<Cookies>,
    options: SessionOptions,
  ): Promise<IronSession<T>>;
  /** Reads the session of a request; its response gets the cookie. */
  <T extends object>(
    request: RequestLike,
    response: ResponseLike,
    options: SessionOptions,
  ): Promise<IronSession<T>>;
}

export interface IronSessionFunctions {
  getIronSession: GetIronSession;
  sealData: (data: unknown, options: SealOptions) => Promise<string>;
  unsealData: <T>(seal: string, options: UnsealOptions) => Promise<T>;
}

export function makeIronSession(
  codec: SealCodec,
  backend: RevocationBackend,
): IronSessionFunctions {
  async function getIronSession(first: unknown, second: unknown, third?: unknown) {
    if (!first || !second) throw badUsage();
    const source = (await first) as object;
    const response = third ? second : undefined;
    const options = (third ? third : second) as SessionOptions;
    if (options.version === 8) {
      return openOldSession(codec, backend, findOldJar(source, response), options);
    }
    return openSession(codec, backend, findJar(source, response), options);
  }
  return {
    getIronSession: getIronSession as GetIronSession,
    sealData: async (data, options) => sealWith(codec, data, options),
    unsealData: async <T>(seal: string, options: UnsealOptions) =>
      (await unsealWith(codec, seal, options)) as T,
  };
}
