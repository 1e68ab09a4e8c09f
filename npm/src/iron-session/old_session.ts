// The session of iron-session 8: what it throws, how it counts, what an update leaves alone.

import { readConfig } from './config';
import type { OldJar } from './jars';
import { Revocation, type RevocationBackend, type SessionData } from './revocation';
import { sealWith, unsealWith, type SealCodec } from './seal_data';
import type { SessionOptions } from './types';

const MAX_COOKIE = 4096;

export async function openOldSession(
  codec: SealCodec,
  backend: RevocationBackend,
  jar: OldJar,
  options: SessionOptions,
): Promise<SessionData> {
  let config = readConfig(options);
  const { password } = config;
  const revocation = Revocation.from(backend, options.store);
  const seal = jar.read(config.cookieName);
  let session: SessionData = {};
  if (seal) {
    const data = (await unsealWith(codec, seal, config)) as SessionData;
    if (!revocation || (await revocation.admit(seal, data))) session = data;
  }

  const save = async (): Promise<void> => {
    jar.assertWritable?.();
    const data = revocation ? revocation.label(session) : session;
    const sealed = await sealWith(codec, data, config);
    const { cookieName, cookieOptions } = config;
    const length = jar.length(cookieName, sealed, cookieOptions);
    if (length > MAX_COOKIE) {
      throw new Error(
        `iron-session: Cookie length is too big (${length} bytes), browsers will refuse it. ` +
          'Try to remove some data.',
      );
    }
    jar.write(cookieName, sealed, cookieOptions);
  };
  const destroy = (): Promise<void> => {
    for (const name of Object.keys(session)) delete session[name];
    jar.write(config.cookieName, '', { ...config.cookieOptions, maxAge: 0 });
    return revocation ? revocation.end(config.ttl) : Promise.resolve();
  };
  const updateConfig = (changed: SessionOptions): void => {
    config = readConfig({ ...changed, version: 8 }, password);
  };
  return Object.defineProperties(session, {
    updateConfig: { value: updateConfig },
    save: { value: save },
    destroy: { value: destroy },
  });
}
