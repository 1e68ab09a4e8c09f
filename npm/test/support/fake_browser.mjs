// A browser for the session store: a clock, timers, storage and a server that answers as told.
export class FakeServer {
  session = null;
  reason = null;
  broken = null; // a status, or 'offline', or 'nonsense'
  asked = [];

  answer(path, now) {
    this.asked.push(path);
    if (this.broken === 'offline') return Promise.reject(new TypeError('Failed to fetch'));
    if (this.broken === 'nonsense') return Promise.resolve(new Response('<html>'));
    if (this.broken) return Promise.resolve(new Response('', { status: this.broken }));
    if (path.endsWith('/logout')) this.session = null;
    const user = path.includes('user=1') && this.session ? { user: { name: this.session.userId } } : {};
    return Promise.resolve(Response.json({
      status: this.session ? 'authenticated' : 'unauthenticated',
      reason: this.session ? null : this.reason, session: this.session, now, ...user,
    }));
  }
}

/** What several tabs of one browser share. */
export class FakeBrowser {
  now = 1_000_000;
  storage = new Map();
  tabs = [];
  search = '';
  online = true;

  constructor(server = new FakeServer()) {
    this.server = server;
  }

  tab() {
    const tab = { timers: new Map(), heard: null, seen: null };
    this.tabs.push(tab);
    const shared = {
      getItem: (key) => this.storage.get(key) ?? null,
      setItem: (key, value) => void this.storage.set(key, value),
      removeItem: (key) => void this.storage.delete(key),
    };
    tab.environment = {
      fetch: (path) => this.server.answer(path, this.now),
      now: () => this.now,
      later: (delay, call) => {
        const key = {};
        tab.timers.set(key, { at: this.now + delay, call });
        return () => tab.timers.delete(key);
      },
      shared: () => shared,
      openChannel: (heard) => {
        tab.heard = heard;
        return {
          post: () => this.tabs.forEach((other) => other !== tab && other.heard?.()),
          close: () => (tab.heard = null),
        };
      },
      watchPage: (seen) => {
        tab.seen = seen;
        return () => (tab.seen = null);
      },
      online: () => this.online,
      search: () => this.search,
    };
    return tab;
  }

  /** Lets time pass for every tab, timers in order, and everything settle. */
  async pass(milliseconds) {
    const end = this.now + milliseconds;
    for (;;) {
      await settle();
      const due = this.tabs.flatMap((tab) => [...tab.timers].map(([key, timer]) => ({ tab, key, ...timer })))
        .filter((timer) => timer.at <= end).sort((a, b) => a.at - b.at)[0];
      if (!due) break;
      this.now = Math.max(this.now, due.at);
      due.tab.timers.delete(due.key);
      due.call();
    }
    this.now = end;
    await settle();
  }
}

export async function settle() {
  for (let i = 0; i < 20; i++) await new Promise((resolve) => setImmediate(resolve));
}
