import type { SessionStore } from './store';

// The one store of a browser page, for code outside React. A server has none: it serves many users.
let current: SessionStore | null = null;
const listeners = new Set<(store: SessionStore | null) => void>();

export function currentStore(): SessionStore | null {
  return current;
}

export function setCurrentStore(store: SessionStore | null): void {
  current = store;
  listeners.forEach((call) => call(store));
}

/** Calls back with the store of the page, now and whenever it is another one. */
export function onCurrentStore(call: (store: SessionStore | null) => void): () => void {
  listeners.add(call);
  call(current);
  return () => void listeners.delete(call);
}
