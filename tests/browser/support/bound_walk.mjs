// What tests of device-bound sessions share, whoever the server is.
import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';

const LIMIT = 60_000; // ms for what must come to pass, on any machine

/** Asks `probe` again and again until it returns something true. */
export async function until(probe, what) {
  for (const late = Date.now() + LIMIT; Date.now() < late; await sleep(50)) {
    const found = await probe();
    if (found) return found;
  }
  throw new Error(`never came to pass: ${what}`);
}

export const cookieOf = async ({ context }, name) =>
  (await context.cookies()).find((one) => one.name === name);

/** Runs `enter`, a log-in, and returns the session's id when the browser has bound it. */
export async function bind(browser, short, enter) {
  const from = browser.events.length;
  await enter();
  const created = await browser.event('creation', from);
  assert.equal(created.fetchResult, 'Success', JSON.stringify(created));
  await until(() => cookieOf(browser, short), 'the short cookie is in the jar');
  return created.sessionId;
}

export const isRefresh = (each) => each.method === 'POST' && each.path.endsWith('/device/refresh');

/**
 * The short cookie ends, and `visit` asks for `path`: the browser refreshes first, and the request
 * comes with the new cookie. Returns the first refresh.
 */
export async function assertRefreshes(browser, proxy, short, path, visit) {
  await browser.context.clearCookies({ name: short });
  const from = browser.events.length;
  const start = proxy.seen.length;
  await visit();
  assert.equal((await browser.event('refresh', from)).refreshResult, 'Refreshed');
  const seen = proxy.seen.slice(start);
  const isPage = (each) => each.path.split('?')[0] === path;
  assert.ok(seen.findIndex(isRefresh) < seen.findIndex(isPage), 'the refresh comes before the page');
  const { cookie: sent } = seen.find(isPage).request;
  assert.match(sent, new RegExp(`${short}=`), 'the page came with the new cookie');
  return seen.find(isRefresh);
}
