import { createContext, useContext } from 'react';
import type { SessionStore } from './client';

/** Where <SessionProvider> puts its store; apart from it, so that jotai's part needs no Next.js. */
export const SessionContext = createContext<SessionStore | null>(null);

/** The store behind the hooks. */
export function useSessionStore(): SessionStore {
  const store = useContext(SessionContext);
  if (!store) throw new Error('useSession needs a <SessionProvider> from latchkey/react above it.');
  return store;
}
