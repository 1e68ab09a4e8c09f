// The session of iron-session 8: what it throws, how it counts, what an update leaves alone.

import { readConfig } from './config';
import type { CookieLength } from './jars';
import { ResponseCookies, Turns } from './response_cookies';
import { Revocation, type RevocationBackend, type SessionData } from './revocation';
import { sealWith, unsealWith, type SealCodec } from './seal_data';
import type { CookieJar, SessionOptions } from './types';

const MAX_COOKIE = 4096;

export async function openOldSession(
  codec: SealCodec,
  backend: RevocationBackend,
  jar: CookieJar,
  lengthOf: CookieLength,
  options: SessionOptions,
): Promise<SessionData> {
  let config = readConfig(options);
  const { password } = config;
  const revocation = new Revocation(backend, options.store);
  const cookies = new ResponseCookies(jar);
  const turns = new Turns();
  const seal = jar.read(config.cookieName);
  const data = seal ? await unsealWith(codec, seal, config) : undefined;
  const session =
    seal && data !== undefined ? await revocation.admit(seal, data as SessionData) : {};

  const save = async (): Promise<void> => {
    jar.assertWritable?.();
    const [used, turn] = [config, turns.begin()];
    const labelled = revocation.label(session, used.ttl);
    const whole = labelled instanceof Promise ? await labelled : labelled;
    const sealed = await sealWith(codec, whole, used);
    const { cookieName, cookieOptions } = used;
    const length = lengthOf(cookieName, sealed, cookieOptions);
    if (length > MAX_COOKIE) {
      throw new Error(
        `iron-session: Cookie length is too big (${length} bytes), browsers will refuse it. ` +
          'Try to remove some data.',
      );
    }
    turns.write(turn, () => cookies.write([[cookieName, sealed]], cookieOptions, []));
  };
  const destroy = (): Promise<void> => {
    for (const name of Object.keys(session)) delete session[name];
    const ended = revocation.end(config.ttl);
    const { cookieName, cookieOptions } = config;
    turns.write(turns.begin(), () =>
      cookies.write([[cookieName, '']], { ...cookieOptions, maxAge: 0 }, []),
    );
    return ended;
  };
  const updateConfig = (changed: SessionOptions): void => {
    const next = readConfig({ ...changed, version: 8 }, password);
    revocation.use(changed.store);
    config = next;
  };
  return Object.defineProperties(session, {
    updateConfig: { value: updateConfig },
    save: { value: save },
    destroy: { value: destroy },
  });
}
