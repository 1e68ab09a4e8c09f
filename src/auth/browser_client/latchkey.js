/*! latchkey.js: the session of this browser. Apache-2.0. docs/browser_client.md
 * Generated from npm/src/client by npm/tools/browser.mjs; do not edit. */
(() => {
  'use strict';
  function appBasePath() {
      try {
          return process.env.__NEXT_ROUTER_BASEPATH ?? '';
      }
      catch {
          return '';
      }
  }
  const EXPIRED_MESSAGE = 'Session expired. Please log in again.';
  const REVOKED_MESSAGE = 'Your session was ended. Please log in again.';
  const CHANNEL = 'latchkey';
  const LONGEST_DELAY = 2 ** 31 - 1;
  function memoryStore() {
      const entries = new Map();
      return {
          getItem: (key) => entries.get(key) ?? null,
          setItem: (key, value) => void entries.set(key, value),
          removeItem: (key) => void entries.delete(key),
      };
  }
  function storeOrMemory(pick) {
      try {
          return pick() ?? memoryStore();
      }
      catch {
          return memoryStore();
      }
  }
  function openChannel(heard) {
      if (typeof BroadcastChannel === 'undefined')
          return { post() { }, close() { } };
      const channel = new BroadcastChannel(CHANNEL);
      channel.onmessage = () => heard();
      return {
          post: () => channel.postMessage('changed'),
          close: () => channel.close(),
      };
  }
  function watchPage(seen) {
      const focus = () => {
          if (document.visibilityState === 'visible')
              seen('focus');
      };
      const show = (event) => {
          if (event.persisted)
              seen('show');
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
  function browserEnvironment() {
      return {
          fetch: (path, init) => fetch(path, init),
          now: () => Date.now(),
          later(milliseconds, call) {
              let timer;
              const wait = (left) => {
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
  const LAST = 'latchkey.last';
  class SessionMemory {
      store;
      constructor(store) {
          this.store = store;
      }
      remember(session) {
          this.write({ id: session.id, expiresAt: session.expiresAt });
      }
      lastId() {
          return this.last()?.id ?? null;
      }
      forget() {
          this.write(null);
      }
      reasonOfEnd(stated, now) {
          const last = this.last();
          if (!last)
              return null;
          if (stated)
              return stated;
          return last.expiresAt <= now ? 'expired' : 'signed-out';
      }
      tellOnce() {
          const last = this.last();
          if (!last || last.told)
              return false;
          this.write({ ...last, told: true });
          return true;
      }
      last() {
          try {
              const value = JSON.parse(this.store.getItem(LAST) ?? 'null');
              return isLast(value) ? value : null;
          }
          catch {
              return null;
          }
      }
      write(last) {
          try {
              if (last)
                  this.store.setItem(LAST, JSON.stringify(last));
              else
                  this.store.removeItem(LAST);
          }
          catch {
          }
      }
  }
  function isLast(value) {
      return (typeof value === 'object' &&
          value !== null &&
          typeof value.id === 'string' &&
          typeof value.expiresAt === 'number');
  }
  const LOADING = { status: 'loading', data: null, reason: null, expiresAt: null };
  const SKEW = 250;
  const PATIENCE = 5_000;
  const FIRST_RETRY = 2_000;
  const LAST_RETRY = 60_000;
  class SessionStore {
      snapshot;
      options;
      environment;
      listeners = new Set();
      expired = new Set();
      ended = new Set();
      warned = new Set();
      memory = null;
      channel = null;
      undo = [];
      timers = {};
      running = null;
      again = false;
      heard = false;
      wantsUser = false;
      seen = new Set();
      hint;
      clockOffset = 0;
      failures = 0;
      starts = 0;
      constructor(options = {}) {
          this.options = options;
          this.environment = { ...browserEnvironment(), ...options.environment };
          this.snapshot = initialSnapshot(options.initialSession, options.initialUser ?? null);
          this.hint = textOf(options.initialSession, options.initialUser);
          if (options.initialSession)
              this.seen.add(options.initialSession.id);
      }
      getSnapshot = () => this.snapshot;
      subscribe = (listener) => {
          this.listeners.add(listener);
          return () => this.listeners.delete(listener);
      };
      onExpired(call) {
          return added(this.expired, call);
      }
      onEnd(call) {
          return added(this.ended, call);
      }
      onWarn(call) {
          return added(this.warned, call);
      }
      start() {
          this.starts += 1;
          if (this.starts === 1)
              this.attach();
          let stopped = false;
          return () => {
              if (stopped)
                  return;
              stopped = true;
              this.starts -= 1;
              if (this.starts === 0)
                  this.detach();
          };
      }
      navigated() {
          if (this.options.refetchOnNavigation !== false)
              void this.check();
      }
      hinted(session, user) {
          const hint = textOf(session, user);
          if (hint === this.hint)
              return;
          this.hint = hint;
          const { data } = this.snapshot;
          if (session?.id !== data?.id) {
              const isNew = session !== null && !data && !this.seen.has(session.id);
              if (session && this.memory?.lastId() !== session.id) {
                  this.memory?.remember({ id: session.id, expiresAt: momentOf(session) });
                  this.channel?.post();
              }
              if (isNew) {
                  this.set(initialSnapshot(session, user ?? null));
                  this.follow(session.id, momentOf(session));
              }
              void this.check();
          }
          else if (session && data) {
              const revision = revisionOf(session) ?? data.revision;
              if (revision > data.revision && user !== undefined) {
                  this.set(initialSnapshot(session, user));
                  this.follow(session.id, momentOf(session));
              }
              else if (revision >= data.revision && user !== undefined) {
                  if (textOf({ ...session, revision }, user) !== textOf(data, data.user))
                      void this.refetch();
              }
              else if (revision > data.revision) {
                  void this.check();
              }
          }
      }
      check() {
          this.running ??= this.ask().finally(() => {
              this.running = null;
              if (!this.again)
                  return;
              this.again = false;
              void this.check();
          });
          return this.running;
      }
      recheck() {
          if (this.running)
              this.again = true;
          return this.running ? this.running.then(() => this.running ?? undefined) : this.check();
      }
      refetch() {
          this.wantsUser = true;
          return this.recheck();
      }
      async renew() {
          await this.post('renew');
          await this.recheck();
      }
      async signOut({ others = false } = {}) {
          await this.post(others ? 'logout-others' : 'logout');
          if (others) {
              this.channel?.post();
              return this.recheck();
          }
          this.end('signed-out', false);
      }
      setUser(user) {
          const { data } = this.snapshot;
          if (data && data.user !== user)
              this.set({ ...this.snapshot, data: { ...data, user } });
      }
      attach() {
          this.memory = new SessionMemory(this.environment.shared());
          this.channel = this.environment.openChannel(() => {
              this.heard = true;
              void this.recheck();
          });
          this.undo = [
              () => this.channel?.close(),
              this.environment.watchPage((how) => {
                  if (how !== 'focus' || this.options.refetchOnWindowFocus !== false)
                      void this.check();
              }),
          ];
          this.schedule('begin', 0, () => this.begin());
      }
      begin() {
          const { status, data, expiresAt } = this.snapshot;
          if (status === 'loading')
              void this.check();
          if (data && expiresAt !== null) {
              if (this.memory?.lastId() !== data.id)
                  this.channel?.post();
              this.follow(data.id, expiresAt);
          }
          if (status !== 'unauthenticated')
              return;
          const stated = statedIn(this.environment.search());
          this.end(stated, true);
          if (stated)
              void this.check();
      }
      detach() {
          this.undo.forEach((call) => call());
          Object.values(this.timers).forEach((call) => call());
          this.undo = [];
          this.timers = {};
          this.channel = null;
      }
      async ask() {
          if (!this.environment.online() && !this.options.refetchWhenOffline)
              return;
          const wanted = this.wantsUser;
          this.wantsUser = false;
          try {
              const known = this.snapshot.data;
              let answer = await this.status(wanted || known === null);
              const { session } = answer;
              const changed = session && known && (session.id !== known.id || revisionOf(session) !== known.revision);
              if (changed && !wanted)
                  answer = await this.status(true);
              this.failures = 0;
              this.take(answer);
          }
          catch {
              this.wantsUser ||= wanted;
              const delay = Math.min(FIRST_RETRY * 2 ** this.failures, LAST_RETRY);
              this.failures += 1;
              if (this.starts > 0)
                  this.schedule('retry', delay, () => void this.check());
          }
      }
      async status(withUser) {
          const answer = await this.environment.fetch(`${this.basePath()}${withUser ? '?user=1' : ''}`, {
              headers: { accept: 'application/json' },
              cache: 'no-store',
              credentials: 'same-origin',
          });
          if (!answer.ok)
              throw new Error(`the session route answered ${answer.status}`);
          const body = (await answer.json());
          if (body.status !== 'authenticated' && body.status !== 'unauthenticated') {
              throw new Error('the session route answered something else');
          }
          return body;
      }
      async post(action) {
          const answer = await this.environment.fetch(`${this.basePath()}/${action}`, {
              method: 'POST',
              headers: { accept: 'application/json' },
              credentials: 'same-origin',
          });
          if (!answer.ok && answer.status !== 401) {
              throw new Error(`the session route answered ${answer.status} to ${action}`);
          }
      }
      take(answer) {
          this.clockOffset = answer.now - this.environment.now();
          const { session } = answer;
          if (!session) {
              this.end(answer.reason ?? statedIn(this.environment.search()), true);
              this.heard = false;
              return;
          }
          const known = this.snapshot.data;
          const user = answer.user !== undefined ? answer.user : (known?.user ?? null);
          const same = known &&
              known.id === session.id &&
              known.revision === revisionOf(session) &&
              this.snapshot.expiresAt === session.expiresAt &&
              answer.user === undefined;
          if (!same)
              this.set(authenticated(session, user));
          if (this.memory?.lastId() !== session.id && !this.heard)
              this.channel?.post();
          this.heard = false;
          this.follow(session.id, session.expiresAt);
      }
      end(stated, tell) {
          const before = this.snapshot;
          const now = this.environment.now() + this.clockOffset;
          const remembered = stated === 'signed-out' ? stated : (this.memory?.reasonOfEnd(stated, now) ?? null);
          const had = before.status === 'authenticated';
          const reason = remembered ?? (had ? 'signed-out' : null);
          this.clear();
          if (before.status !== 'unauthenticated' || (reason && !before.reason)) {
              this.set({ status: 'unauthenticated', data: null, reason, expiresAt: null });
          }
          if (tell && (reason === 'expired' || reason === 'revoked')) {
              const first = this.memory?.tellOnce() ?? false;
              if (had || first)
                  this.expired.forEach((call) => call(reason));
          }
          if (reason === 'signed-out')
              this.memory?.forget();
          if (!this.heard && (had || reason === 'signed-out'))
              this.channel?.post();
          if (!had)
              return;
          this.ended.forEach((call) => call(reason));
      }
      follow(id, expiresAt) {
          this.seen.add(id);
          this.memory?.remember({ id, expiresAt });
          if (this.starts === 0)
              return;
          const left = expiresAt - this.environment.now() - this.clockOffset;
          this.clear();
          const delay = left > 0 ? left + SKEW : PATIENCE;
          this.schedule('deadline', delay, () => void this.check());
          const { warnBefore = 0, refetchInterval = 0 } = this.options;
          if (warnBefore > 0 && left > warnBefore * 1000) {
              this.schedule('warning', left - warnBefore * 1000, () => this.warned.forEach((call) => call(warnBefore)));
          }
          if (refetchInterval > 0) {
              this.schedule('poll', refetchInterval * 1000, () => void this.check());
          }
      }
      schedule(name, delay, call) {
          this.timers[name]?.();
          this.timers[name] = this.environment.later(delay, call);
      }
      clear() {
          Object.values(this.timers).forEach((call) => call());
          this.timers = {};
      }
      basePath() {
          return this.options.basePath ?? `${appBasePath()}/api/session`;
      }
      set(snapshot) {
          this.snapshot = snapshot;
          this.listeners.forEach((call) => call());
      }
  }
  function createSessionStore(options = {}) {
      return new SessionStore(options);
  }
  function added(calls, call) {
      calls.add(call);
      return () => void calls.delete(call);
  }
  function statedIn(search) {
      const reason = new URLSearchParams(search).get('reason');
      return reason === 'expired' || reason === 'revoked' ? reason : null;
  }
  function textOf(session, user) {
      return JSON.stringify([session?.id, session && revisionOf(session), user], (_name, value) => typeof value === 'bigint' ? String(value) : value);
  }
  function revisionOf({ revision, version }) {
      return revision ?? version;
  }
  function momentOf({ expiresAt }) {
      return new Date(expiresAt).getTime();
  }
  function authenticated(session, user) {
      const { id, userId, expiresAt } = session;
      const revision = revisionOf(session) ?? 1;
      const expires = new Date(expiresAt).toISOString();
      return {
          status: 'authenticated',
          reason: null,
          expiresAt,
          data: { id, userId, user, expires, revision, version: revision },
      };
  }
  function initialSnapshot(session, user) {
      if (session === undefined)
          return LOADING;
      if (session === null)
          return { ...LOADING, status: 'unauthenticated' };
      return authenticated({
          id: session.id,
          userId: session.userId,
          revision: revisionOf(session) ?? 1,
          expiresAt: momentOf(session),
      }, user);
  }
  const BOX = 'position:fixed;z-index:2147483647;left:50%;bottom:1.5rem;transform:translateX(-50%);' +
      'max-width:min(32rem,calc(100vw - 2rem));box-sizing:border-box;display:flex;gap:1rem;' +
      'align-items:center;padding:.75rem 1rem;border-radius:.5rem;background:#1d2526;color:#fff;' +
      'font:1rem/1.4 system-ui,sans-serif;box-shadow:0 .25rem 1rem rgb(0 0 0/.35)';
  const BUTTON = 'all:unset;cursor:pointer;padding:.125rem .5rem;border:1px solid #fff;border-radius:.25rem;' +
      'color:#fff;font:inherit;outline:revert';
  let current = null;
  function showToast(text) {
      current?.remove();
      const box = document.createElement('div');
      box.dataset['latchkeyToast'] = '';
      box.style.cssText = BOX;
      const message = document.createElement('span');
      message.setAttribute('role', 'status');
      const close = document.createElement('button');
      close.type = 'button';
      close.style.cssText = BUTTON;
      close.textContent = 'Close';
      close.addEventListener('click', () => box.remove());
      box.append(message, close);
      document.body.append(box);
      setTimeout(() => (message.textContent = text), 0);
      current = box;
  }
  const STATUS = '/v1/session/status';
  const RENEW = '/v1/session/refresh';
  const LOG_OUT = '/v1/logout';
  const PRIVATE = '[data-latchkey-private]';
  const TOAST = 'latchkey.toast';
  const RELOADED = 'latchkey.reloaded';
  function startPage(script) {
      const store = createSessionStore({
          ...hintOf(script),
          basePath: '',
          environment: { fetch: fetchBy(script) },
      });
      const userId = store.getSnapshot().data?.userId ?? null;
      const leave = (id) => {
          if (!setPrivate(false) || readOnce(RELOADED) === id)
              return;
          write(RELOADED, id);
          location.replace(location.pathname + location.search);
      };
      store.onExpired((reason) => {
          if (document.querySelector(PRIVATE))
              write(TOAST, reason);
          else
              tell(script, reason);
      });
      let shown = store.getSnapshot().data;
      store.subscribe(() => {
          const { data } = store.getSnapshot();
          const other = data !== null && userId !== null && data.userId !== userId;
          if (shown && (data === null || other)) {
              const { id } = shown;
              queueMicrotask(() => leave(id));
          }
          shown = data;
      });
      const waiting = readOnce(TOAST);
      if (waiting === 'expired' || waiting === 'revoked')
          whenParsed(() => tell(script, waiting));
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
  function watchShow(store, leave) {
      const memory = new SessionMemory(browserEnvironment().shared());
      window.addEventListener('pageshow', (event) => {
          const { data } = store.getSnapshot();
          if (!event.persisted || !data)
              return;
          setPrivate(false);
          if (memory.lastId() !== data.id) {
              leave(data.id);
              return;
          }
          void store.recheck().then(() => {
              if (store.getSnapshot().data?.id === data.id)
                  setPrivate(true);
          });
      });
  }
  function watchNavigation(store) {
      const { navigation } = window;
      if (navigation)
          navigation.addEventListener('currententrychange', () => store.navigated());
      else
          window.addEventListener('popstate', () => store.navigated());
  }
  function hintOf(script) {
      const text = script.dataset['session'];
      if (text === undefined)
          return {};
      try {
          return { initialSession: JSON.parse(text) };
      }
      catch {
          return {};
      }
  }
  function fetchBy(script) {
      const folder = new URL(script.src).pathname.replace(/\/[^/]*$/, '');
      const { status, renew, logOut } = script.dataset;
      const addresses = {
          '/renew': renew ?? folder + RENEW,
          '/logout': logOut ?? folder + LOG_OUT,
      };
      return (path, init) => fetch(addresses[path] ?? status ?? folder + STATUS, init);
  }
  function tell(script, reason) {
      const { expiredText, revokedText } = script.dataset;
      for (const notice of document.querySelectorAll('[data-latchkey-notice]')) {
          notice.hidden = true;
      }
      showToast(reason === 'expired' ? (expiredText ?? EXPIRED_MESSAGE) : (revokedText ?? REVOKED_MESSAGE));
  }
  function setPrivate(shown) {
      const elements = document.querySelectorAll(PRIVATE);
      for (const { style } of elements) {
          if (shown)
              style.removeProperty('display');
          else
              style.setProperty('display', 'none', 'important');
      }
      return elements.length > 0;
  }
  function whenParsed(call) {
      if (document.readyState !== 'loading')
          call();
      else
          document.addEventListener('DOMContentLoaded', call, { once: true });
  }
  function write(key, value) {
      try {
          sessionStorage.setItem(key, value);
      }
      catch {
      }
  }
  function readOnce(key) {
      try {
          const value = sessionStorage.getItem(key);
          sessionStorage.removeItem(key);
          return value;
      }
      catch {
          return null;
      }
  }
  window.latchkey ??= startPage(document.currentScript);
})();
