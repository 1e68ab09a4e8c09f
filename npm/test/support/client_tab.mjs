// One tab of a browser that is only pretended, and what the client tells in it.
import { createSessionStore } from 'latchkey/client';

export const session = (browser, more = {}) =>
  ({ id: 's1', userId: 'ada', revision: 1, expiresAt: browser.now + 60_000, ...more });

export function open(browser, options = {}) {
  const tab = browser.tab();
  const store = createSessionStore({ ...options, environment: tab.environment });
  const told = [];
  const ended = [];
  store.onExpired((reason) => told.push(reason));
  store.onEnd((reason) => ended.push(reason));
  const stop = store.start();
  return { tab, store, told, ended, stop };
}
