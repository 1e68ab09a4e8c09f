// What both entries of latchkey/iron-session export besides the functions.

export { nextProxyCookies, nodeCookies, webCookies } from './jars';
export type {
  CookieJar,
  CookieOptions,
  CookieStore,
  IronSession,
  Password,
  Revocations,
  SealOptions,
  SessionOptions,
  UnsealErrorReason,
  UnsealOptions,
} from './types';
