import type { Channel, Environment, TextStore } from './types';

const CHANNEL = 'latchkey';
// Browsers keep a timer's delay in 31 bits; a longer one would fire at once.
const LONGEST_DELAY = 2 ** 31 - 1;

/** A store that works where the browser's is switched off. */
function memoryStore(): TextStore {
  const entries = new Map<string, string>();
  return {
    getItem: (key) => entries.get(key) ?? null,
    setItem: (key, value) => void entries.set(key, value),
    removeItem: (key) => void entries.delete(key),
  };
}

// Reading `localStorage` throws where the visitor forbids cookies.
function storeOrMemory(pick: () => Storage | undefined): TextStore {
  try {
    return pick() ?? memoryStore();
  } catch {
    return memoryStore();
  }
}

function openChannel(heard: () => void): Channel {
  if (typeof BroadcastChannel === 'undefined') return { post() {}, close() {} };
  const channel = new BroadcastChannel(CHANNEL);
  channel.onmessage = () => heard();
  return {
    // The message says nothing: every tab asks the server itself.
    post: () => channel.postMessage('changed'),
    close: () => channel.close(),
  };
}

function watchPage(seen: (how: 'focus' | 'show' | 'online') => void): () => void {
  const focus = () => {
    if (document.visibilityState === 'visible') seen('focus');
  };
  const show = (event: PageTransitionEvent) => {
    if (event.persisted) seen('show');
  };
  const online = () => seen('online');
  document.addEventListener('visibilitychange', focus);
  window.addEventListener('pageshow', show);
  window.addEventListener('online', online);
  return () => {
    document.removeEventListener('visibilitychange', focus);
    window.removeEventListener('pageshow', show);
    window.removeEventListener('online', online);
  };
}

/** The browser's environment. Nothing is touched before it is used, so a server may make one. */
export function browserEnvironment(): Environment {
  return {
    fetch: (path, init) => fetch(path, init),
    now: () => Date.now(),
    later(milliseconds, call) {
      let timer: ReturnType<typeof setTimeout>;
      const wait = (left: number) => {
        const step = Math.min(left, LONGEST_DELAY);
        timer = setTimeout(() => (left > step ? wait(left - step) : call()), step);
      };
      wait(milliseconds);
      return () => clearTimeout(timer);
    },
    shared: () => storeOrMemory(() => globalThis.localStorage),
    openChannel,
    watchPage,
    online: () => navigator.onLine !== false,
    search: () => location.search,
  };
}
