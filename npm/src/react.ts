'use client';

import {
  createElement,
  Suspense,
  useCallback,
  useEffect,
  useRef,
  useState,
  useSyncExternalStore,
  type ReactElement,
  type ReactNode,
} from 'react';
import { useRouter as usePagesRouter } from 'next/compat/router';
import { usePathname, useRouter } from 'next/navigation';
import {
  createSessionStore,
  currentStore,
  setCurrentStore,
  type ClientSession,
  type EndReason,
  type RegisteredUser,
  type SessionStore,
  type SessionStatus,
  type StoreOptions,
} from './client';
import { SessionContext, useSessionStore } from './session_context';

export { EXPIRED_MESSAGE } from './client/messages';
export { useSessionStore };

export interface SessionProviderProps extends StoreOptions {
  children?: ReactNode;
  onExpired?: (reason: 'expired' | 'revoked') => void;
}

// Outside of Next.js, as in a test of one component, there is no router, and useRouter() throws. It
// has used the same hooks by then.
function useAppRouter(): ReturnType<typeof useRouter> | null {
  try {
    return useRouter();
  } catch {
    return null;
  }
}

// Drops what the App Router has kept and renders the page again. Under `pages/` nothing is kept, and
// refresh() would load the page again: a toast would be gone before anybody has read it.
function useRefresh(): () => void {
  const router = useAppRouter();
  const pages = usePagesRouter() !== null;
  return useCallback(() => {
    if (!pages) router?.refresh();
  }, [pages, router]);
}

// Apart from the provider, and below <Suspense>: with Cache Components the path of a page with
// parameters is not known while its shell is prerendered.
function Navigation({ store }: { store: SessionStore }): null {
  const pathname = usePathname();
  const shown = useRef(pathname);
  useEffect(() => {
    if (shown.current === pathname) return;
    shown.current = pathname;
    store.navigated();
  }, [store, pathname]);
  return null;
}

/**
 * SessionProvider watches the session for everything below it. With `initialSession` from the
 * server page (`null` when there is none) the browser asks nothing at first.
 */
export function SessionProvider({
  children,
  onExpired,
  ...options
}: SessionProviderProps): ReactElement {
  const [store] = useState(() => createSessionStore(options));
  const refresh = useRefresh();

  useEffect(() => {
    setCurrentStore(store);
    // What the router has kept of private pages is dropped, so that Back does not show it.
    const forget = store.onEnd(refresh);
    const stop = store.start();
    return () => {
      stop();
      forget();
      if (currentStore() === store) setCurrentStore(null);
    };
  }, [store, refresh]);

  useEffect(() => (onExpired ? store.onExpired(onExpired) : undefined), [store, onExpired]);

  // A Server Action renders the layout anew: it may sign in or out, or change the user's data.
  const { initialSession, initialUser } = options;
  useEffect(() => {
    store.hinted(initialSession ?? null, initialUser);
  }, [store, initialSession, initialUser]);

  return createElement(
    SessionContext.Provider,
    { value: store },
    children,
    createElement(Suspense, null, createElement(Navigation, { store })),
  );
}

export interface UseSessionOptions {
  /** A visitor who is not signed in is sent away; until then the status reads `loading`. */
  required?: boolean;
  onUnauthenticated?: () => void;
}

export interface UseSession {
  data: ClientSession<RegisteredUser> | null;
  status: SessionStatus;
  reason: EndReason;
  expiresAt: number | null;
  /** Asks the server again, for the user's data too. */
  update: () => Promise<ClientSession<RegisteredUser> | null>;
  /** "Stay signed in". */
  renew: () => Promise<void>;
  signOut: (options?: { others?: boolean }) => Promise<void>;
}

export function useSession({
  required = false,
  onUnauthenticated,
}: UseSessionOptions = {}): UseSession {
  const store = useSessionStore();
  const refresh = useRefresh();
  const snapshot = useSyncExternalStore(store.subscribe, store.getSnapshot, store.getSnapshot);
  const away = required && snapshot.status === 'unauthenticated';

  useEffect(() => {
    if (!away) return;
    // The server page decides where to. Under `pages/` only the application can.
    if (onUnauthenticated) onUnauthenticated();
    else refresh();
  }, [away, onUnauthenticated, refresh]);

  return {
    ...snapshot,
    status: away ? 'loading' : snapshot.status,
    update: () => store.refetch().then(() => store.getSnapshot().data),
    renew: () => store.renew(),
    signOut: (options) => store.signOut(options),
  };
}

/** Calls back once when the session expired or was revoked: the place for a toast. */
export function useExpired(call: (reason: 'expired' | 'revoked') => void): void {
  const store = useSessionStore();
  const latest = useRef(call);
  useEffect(() => {
    latest.current = call;
  });
  useEffect(() => store.onExpired((reason) => latest.current(reason)), [store]);
}

/** Calls back `warnBefore` seconds before the session ends. */
export function useExpiryWarning(call: (secondsLeft: number) => void): void {
  const store = useSessionStore();
  const latest = useRef(call);
  useEffect(() => {
    latest.current = call;
  });
  useEffect(() => store.onWarn((seconds) => latest.current(seconds)), [store]);
}

/** Ends the session from code outside of components. */
export function signOut(options?: { others?: boolean }): Promise<void> {
  const store = currentStore();
  if (!store) return Promise.reject(new Error('There is no <SessionProvider> on this page.'));
  return store.signOut(options);
}

/** Asks the server who is signed in, from code outside of components. */
export async function getSession(): Promise<ClientSession<RegisteredUser> | null> {
  const store = currentStore();
  if (!store) throw new Error('There is no <SessionProvider> on this page.');
  await store.recheck();
  return store.getSnapshot().data;
}
