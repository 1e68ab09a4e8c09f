'use client';

import { atom, createStore, type Atom, type WritableAtom } from 'jotai';
import { useState } from 'react';
import { currentStore, onCurrentStore, type RegisteredUser, type Snapshot } from './client';
import { useSessionStore } from './session_context';

const LOADING: Snapshot = { status: 'loading', data: null, reason: null, expiresAt: null };

const snapshotAtom = atom<Snapshot>(LOADING);
snapshotAtom.onMount = (set) => {
  let unsubscribe = () => {};
  let known = false;
  const forget = onCurrentStore((store) => {
    unsubscribe();
    unsubscribe = store ? store.subscribe(() => set(store.getSnapshot())) : () => {};
    // What is mounted before the provider has begun keeps what useAtomStore() gave it.
    if (store) set(store.getSnapshot());
    else if (known) set(LOADING);
    known = store !== null;
  });
  return () => {
    unsubscribe();
    forget();
  };
};

/** What the browser knows of its session: `{status, data, reason, expiresAt}`. */
// The types are written out: tsc would put the user that nobody has registered yet into them.
export const sessionAtom: Atom<Snapshot> = atom((get) => get(snapshotAtom));

/**
 * The user's data, or null. Setting it replaces what the application knows of its user, here and in
 * `useSession`; the session is untouched.
 */
export const userAtom: WritableAtom<
  RegisteredUser | null,
  [user: RegisteredUser | null],
  void
> = atom(
  (get) => get(snapshotAtom).data?.user ?? null,
  (_get, _set, user: RegisteredUser | null) => currentStore()?.setUser(user),
);

type JotaiStore = ReturnType<typeof createStore>;

/**
 * useAtomStore, below <SessionProvider>, makes what jotai's <Provider store> wants, with atoms that
 * hold the session from the first render on, on the server too. Without it they are filled when the
 * page has been shown. `own` is a store of yours, which on a server has to be made for each request.
 *
 * It is no component, because a bundle may hold jotai twice, as a module and as CommonJS, and the
 * <Provider> has to be the application's.
 */
export function useAtomStore(own?: JotaiStore): JotaiStore {
  const session = useSessionStore();
  const [filled] = useState(() => {
    const made = own ?? createStore();
    made.set(snapshotAtom, session.getSnapshot());
    return made;
  });
  return filled;
}
