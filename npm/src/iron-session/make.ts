// getIronSession, sealData and unsealData for one runtime.

import { badUsage, findJar, findOldJar } from './jars';
import { openOldSession } from './old_session';
import type { RevocationBackend } from './revocation';
import { checkSealOptions, sealWith, unsealWith, type SealCodec } from './seal_data';
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
    const response = third ? (second as object) : undefined;
    const options = (third ? third : second) as SessionOptions;
    if (options.version === 8) {
      const [jar, length] = findOldJar(source, response);
      return openOldSession(codec, backend, jar, length, options);
    }
    return openSession(codec, backend, findJar(source, response), options);
  }
  async function sealData(data: unknown, options: SealOptions) {
    checkSealOptions(options);
    return sealWith(codec, data, options);
  }
  async function unsealData<T>(seal: string, options: UnsealOptions) {
    checkSealOptions(options);
    if (typeof seal !== 'string') {
      throw new TypeError(
        `iron-session: Bad usage. unsealData opens the text of a seal, and got ${typeof seal}.`,
      );
    }
    return ((await unsealWith(codec, seal, options)) ?? {}) as T;
  }
  return { getIronSession: getIronSession as GetIronSession, sealData, unsealData };
}
