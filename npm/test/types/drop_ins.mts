// latchkey/iron-session and latchkey/jose as strict programs use them.
import type { IncomingMessage, ServerResponse } from 'node:http';
import {
  getIronSession,
  nextProxyCookies,
  sealData,
  unsealData,
  webCookies,
  type CookieStore,
  type IronSession,
  type SessionOptions,
} from 'latchkey/iron-session';
import {
  EncryptJWT,
  SignJWT,
  base64url,
  decodeJwt,
  errors,
  jwtDecrypt,
  jwtVerify,
  verifySync,
  type JWTPayload,
} from 'latchkey/jose';

interface SessionData {
  userId?: string;
  isLoggedIn: boolean;
}
const options: SessionOptions = {
  password: { 1: 'Gbm49ATjnqnkCCCdhV4uDBhbfnPqsCW0' },
  cookieName: 'lama-session',
  cookieOptions: { httpOnly: true, secure: process.env['NODE_ENV'] === 'production' },
  onUnsealError: (reason) => {
    const known: 'expired' | 'invalid' | 'unknown-password' = reason;
    console.warn(known);
  },
  store: 'sqlite:app.db',
};

declare function cookies(): Promise<CookieStore>;
export async function getSession(): Promise<IronSession<SessionData>> {
  const session = await getIronSession<SessionData>(cookies(), options);
  if (!session.isLoggedIn) session.isLoggedIn = false;
  // @ts-expect-error: a member that the session's type has not
  session.id = 1;
  // @ts-expect-error: what is not there yet may be undefined
  session.userId.length;
  await session.save();
  await session.destroy();
  return session;
}

export async function inHandlers(
  request: IncomingMessage,
  response: ServerResponse,
  web: Request,
): Promise<void> {
  await getIronSession<SessionData>(request, response, options);
  await getIronSession<SessionData>(web, new Response(), options);
  await getIronSession<SessionData>(webCookies(web, new Headers()), options);
  const store = await cookies();
  const next = { cookies: { ...store, set: () => undefined } };
  await getIronSession<SessionData>(nextProxyCookies(next, { cookies: store }), options);
  const seal: string = await sealData({ a: 1 }, { password: 'x', ttl: 60, version: 8 });
  const data = await unsealData<{ a: number }>(seal, { password: 'x' });
  data.a.toFixed();
  // @ts-expect-error: a cookie needs a name
  await getIronSession<SessionData>(store, { password: 'x' });
  // @ts-expect-error: there is no version 7
  await sealData({}, { password: 'x', version: 7 });
}

export interface SessionPayload extends JWTPayload {
  userId: string;
}
const key = new TextEncoder().encode(process.env['SESSION_SECRET']);

export async function encrypt(payload: SessionPayload): Promise<string> {
  return new SignJWT(payload)
    .setProtectedHeader({ alg: 'HS256' })
    .setIssuedAt()
    .setExpirationTime('7d')
    .sign(key);
}

export async function decrypt(session: string | undefined = ''): Promise<JWTPayload | undefined> {
  try {
    const { payload } = await jwtVerify<SessionPayload>(session, key, { algorithms: ['HS256'] });
    payload.userId.length;
    return payload;
  } catch (error) {
    if (error instanceof errors.JWTExpired) console.log(error.claim, error.payload['sub']);
    return undefined;
  }
}

export async function others(token: string): Promise<void> {
  verifySync(token, { kty: 'oct', k: base64url.encode(key) }).protectedHeader.alg.length;
  const found = await jwtVerify(token, async (header) => (header.kid === 'a' ? key : key));
  console.log(found.key, decodeJwt<{ userId: string }>(token).userId);
  const jwe = await new EncryptJWT({}).setProtectedHeader({ alg: 'dir', enc: 'A256GCM' }).encrypt(key);
  (await jwtDecrypt(jwe, key)).protectedHeader.enc.length;
  // @ts-expect-error: a key is bytes or an object, not text
  await jwtVerify(token, 'secret');
  // @ts-expect-error: a header names its algorithm
  new SignJWT({}).setProtectedHeader({});
}
