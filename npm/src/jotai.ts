'use client';

import { atom } from 'jotai';
import { currentStore, onCurrentStore, type RegisteredUser, type Snapshot } from './client';

const LOADING: Snapshot = { status: 'loading', data: null, reason: null, expiresAt: null };

const snapshotAtom = atom<Snapshot>(LOADING);
snapshotAtom.onMount = (set) => {
  let unsubscribe = () => {};
  const forget = onCurrentStore((store) => {
    unsubscribe();
    unsubscribe = store ? store.subscribe(() => set(store.getSnapshot())) : () => {};
    set(store ? store.getSnapshot() : LOADING);
  });
  return () => {
    unsubscribe();
    forget();
  };
};

/** What the browser knows of its session: `{status, data, reason, expiresAt}`. */
export const sessionAtom = atom((get) => get(snapshotAtom));

/**
 * The user's data, or null. Setting it replaces what the application knows of its user, here and in
 * `useSession`; the session is untouched.
 */
export const userAtom = atom(
  (get) => get(snapshotAtom).data?.user ?? null,
  (_get, _set, user: RegisteredUser | null) => currentStore()?.setUser(user),
);
