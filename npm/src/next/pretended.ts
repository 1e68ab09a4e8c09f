import { AsyncLocalStorage } from 'node:async_hooks';
import type { CookieStore } from './types';

/** What a test gives in place of the request that Next.js would be answering. */
export interface PretendedRequest {
  cookies: CookieStore;
  headers: Headers;
}

export const pretended = new AsyncLocalStorage<PretendedRequest>();
