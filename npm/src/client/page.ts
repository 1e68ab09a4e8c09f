import { browserEnvironment } from './environment';
import { EXPIRED_MESSAGE, REVOKED_MESSAGE } from './messages';
import { SessionMemory } from './session_memory';
import { createSessionStore, type SessionStore } from './store';
import { showToast } from './toast';
import type { InitialSession } from './types';

// Where the script is asked for its answers, below the folder that it came from itself.
const STATUS = '/v1/session/status';
const RENEW = '/v1/session/refresh';
const LOG_OUT = '/v1/logout';

const PRIVATE = '[data-latchkey-private]';
const TOAST = 'latchkey.toast'; // sessionStorage: what the page after this one is to say
const RELOADED = 'latchkey.reloaded'; // sessionStorage: the session whose end this tab has acted on

type Ended = 'expired' | 'revoked';

/** What a page without a framework finds as `window.latchkey`. */
export interface PageSession {
  /** `{ status, data, reason, expiresAt }`, as useSession() of latchkey/react has it. */
  session: () => ReturnType<SessionStore['getSnapshot']>;
  subscribe: (listener: () => void) => () => void;
  check: () => Promise<void>;
  renew: () => Promise<void>;
  signOut: () => Promise<void>;
}

/**
 * Watches the session for a page that a server has rendered. `script` is the element that the page
 * was started by; its attributes say what the server knows (docs/browser_client.md).
 */
export function startPage(script: HTMLScriptElement): PageSession {
  const store = createSessionStore({
    ...hintOf(script),
    basePath: '',
    environment: { fetch: fetchBy(script) },
  });
  const userId = store.getSnapshot().data?.userId ?? null;

  // The server decides what a page without its session looks like: mostly it sends to the log-in
  // page. A page with nothing private stays, with what the visitor has typed into it.
  const leave = (id: string): void => {
    if (!setPrivate(false) || readOnce(RELOADED) === id) return;
    write(RELOADED, id);
    // Without a fragment, which would keep the page; and a form is not posted again.
    location.replace(location.pathname + location.search);
  };
  store.onExpired((reason) => {
    if (document.querySelector(PRIVATE)) write(TOAST, reason);
    else tell(script, reason);
  });
  let shown = store.getSnapshot().data;
  store.subscribe(() => {
    const { data } = store.getSnapshot();
    // Another user has logged in: what stands here is not for them.
    const other = data !== null && userId !== null && data.userId !== userId;
    if (shown && (data === null || other)) {
      // Listeners of the end come after this one; they leave the toast to the next page.
      const { id } = shown;
      queueMicrotask(() => leave(id));
    }
    shown = data;
  });

  const waiting = readOnce(TOAST);
  if (waiting === 'expired' || waiting === 'revoked') whenParsed(() => tell(script, waiting));
  store.start();
  watchShow(store, leave);
  watchNavigation(store);
  return {
    session: store.getSnapshot,
    subscribe: store.subscribe,
    check: () => store.recheck(),
    renew: () => store.renew(),
    signOut: () => store.signOut(),
  };
}

// What the browser kept of a page is shown before any answer can arrive, so it is hidden until then.
function watchShow(store: SessionStore, leave: (id: string) => void): void {
  const memory = new SessionMemory(browserEnvironment().shared());
  window.addEventListener('pageshow', (event) => {
    const { data } = store.getSnapshot();
    if (!event.persisted || !data) return;
    setPrivate(false);
    if (memory.lastId() !== data.id) {
      leave(data.id);
      return;
    }
    // A failed request is no end: offline and 5xx bring the page back.
    void store.recheck().then(() => {
      if (store.getSnapshot().data?.id === data.id) setPrivate(true);
    });
  });
}

// A page that changes its address without being loaded: the Navigation API, or only Back and Forward.
function watchNavigation(store: SessionStore): void {
  const { navigation } = window as { navigation?: EventTarget };
  if (navigation) navigation.addEventListener('currententrychange', () => store.navigated());
  else window.addEventListener('popstate', () => store.navigated());
}

function hintOf(script: HTMLScriptElement): { initialSession?: InitialSession | null } {
  const text = script.dataset['session'];
  if (text === undefined) return {};
  try {
    return { initialSession: JSON.parse(text) as InitialSession | null };
  } catch {
    return {};
  }
}

// The store's calls, as the server's addresses.
function fetchBy(script: HTMLScriptElement): typeof fetch {
  const folder = new URL(script.src).pathname.replace(/\/[^/]*$/, '');
  const { status, renew, logOut } = script.dataset;
  const addresses: Record<string, string> = {
    '/renew': renew ?? folder + RENEW,
    '/logout': logOut ?? folder + LOG_OUT,
  };
  return (path, init) => fetch(addresses[path as string] ?? status ?? folder + STATUS, init);
}

function tell(script: HTMLScriptElement, reason: Ended): void {
  const { expiredText, revokedText } = script.dataset;
  // What the server wrote into the page says the same.
  for (const notice of document.querySelectorAll<HTMLElement>('[data-latchkey-notice]')) {
    notice.hidden = true;
  }
  showToast(reason === 'expired' ? (expiredText ?? EXPIRED_MESSAGE) : (revokedText ?? REVOKED_MESSAGE));
}

/** Hides or shows what is marked as private; returns whether there is such a thing. */
function setPrivate(shown: boolean): boolean {
  const elements = document.querySelectorAll<HTMLElement>(PRIVATE);
  for (const { style } of elements) {
    if (shown) style.removeProperty('display');
    else style.setProperty('display', 'none', 'important');
  }
  return elements.length > 0;
}

function whenParsed(call: () => void): void {
  if (document.readyState !== 'loading') call();
  else document.addEventListener('DOMContentLoaded', call, { once: true });
}

function write(key: string, value: string): void {
  try {
    sessionStorage.setItem(key, value);
  } catch {
    // Without storage the next page says nothing.
  }
}

function readOnce(key: string): string | null {
  try {
    const value = sessionStorage.getItem(key);
    sessionStorage.removeItem(key);
    return value;
  } catch {
    return null;
  }
}
