// A page of a browser for what latchkey/client does with the real globals.

class FakeElement extends EventTarget {
  dataset = {};
  attributes = new Map();
  children = [];
  textContent = '';
  hidden = false;
  style = {
    setProperty: (name, ...value) => (this.style[name] = value),
    removeProperty: (name) => delete this.style[name],
  };
  constructor(name) {
    super();
    this.name = name;
  }
  setAttribute(name, value) {
    this.attributes.set(name, value);
  }
  append(...children) {
    this.children.push(...children);
    children.forEach((child) => (child.parent = this));
  }
  remove() {
    const { parent } = this;
    parent.children = parent.children.filter((child) => child !== this);
  }
}

const storageOf = (entries) => ({
  entries,
  getItem: (key) => entries.get(key) ?? null,
  setItem: (key, value) => void entries.set(key, value),
  removeItem: (key) => void entries.delete(key),
});

/** Puts a page into the globals until the test ends. `answer` is what every status request gets. */
export function fakePage(t, { session = null, privates = 0, kept = {}, saved = {}, readyState = 'complete', navigation } = {}) {
  const page = { asked: [], moved: [], channels: [], session, reason: null, status: 200 };
  page.elements = Array.from({ length: privates }, () => new FakeElement('main'));
  page.notice = new FakeElement('p');
  page.body = new FakeElement('body');
  page.saved = new Map(Object.entries(saved));
  page.kept = new Map(Object.entries(kept));
  const found = { '[data-latchkey-private]': page.elements, '[data-latchkey-notice]': [page.notice] };
  const document = Object.assign(new EventTarget(), {
    readyState, visibilityState: 'visible', body: page.body,
    createElement: (name) => new FakeElement(name),
    querySelector: (what) => found[what]?.[0] ?? null,
    querySelectorAll: (what) => found[what] ?? [],
  });
  const window = Object.assign(new EventTarget(), { ...(navigation && { navigation }) });
  class Channel {
    constructor(name) {
      page.channels.push(Object.assign(this, { name, posted: [], closed: false }));
    }
    postMessage(message) {
      this.posted.push(message);
    }
    close() {
      this.closed = true;
    }
  }
  const fetch = async (path, { method = 'GET' } = {}) => {
    page.asked.push(`${method} ${path}`);
    const { session: told, reason, status } = page;
    const body = { status: told ? 'authenticated' : 'unauthenticated', session: told, reason, now: Date.now() };
    return Response.json(body, { status });
  };
  const globals = {
    document, window, fetch, BroadcastChannel: Channel,
    location: { pathname: '/training', search: '?week=2', replace: (to) => page.moved.push(to) },
    navigator: { onLine: true }, localStorage: storageOf(page.kept), sessionStorage: storageOf(page.saved),
  };
  for (const [name, value] of Object.entries(globals)) {
    const before = Object.getOwnPropertyDescriptor(globalThis, name);
    Object.defineProperty(globalThis, name, { configurable: true, writable: true, value });
    t.after(() => (before ? Object.defineProperty(globalThis, name, before) : delete globalThis[name]));
  }
  return Object.assign(page, { document, window });
}

/** The element a page was started by; `session` is what the server wrote into it. */
export const scriptOf = (session, dataset = {}) => ({
  src: 'https://a.example/auth/latchkey.js?v=1',
  dataset: { ...(session !== undefined && { session: JSON.stringify(session) }), ...dataset },
});
