// Chromium with device-bound sessions, their keys kept in software.
import { openBrowser } from './browser.mjs';
import { FOREIGN_HOST, HOST } from './trusted_tls.mjs';

// Both features are needed. The parameters of the first lift the token of an origin trial and the
// quota of some six signatures in a few seconds.
const FEATURES = 'DeviceBoundSessions:RequireOriginTrialTokens/false/RefreshQuota/false,' +
  'EnableBoundSessionCredentialsSoftwareKeysForManualTesting';

const LIMIT = 60_000; // ms until a test stops waiting for what the browser should do

const DETAILS = { creation: 'creationEventDetails', refresh: 'refreshEventDetails',
  challenge: 'challengeEventDetails', termination: 'terminationEventDetails' };

/** What CDP reports of an event, in one level: {kind, succeeded, sessionId, ...details}. */
function flat({ eventId, succeeded, sessionId, ...rest }) {
  const [kind, member] = Object.entries(DETAILS).find(([, name]) => rest[name]);
  return { kind, eventId, succeeded, sessionId, ...rest[member] };
}

/**
 * Opens a browser that trusts the certificates of `trust`. `bound: false` opens one without the
 * feature. Of the result `events` is what happened to bound sessions, oldest first, and
 * event(kind, from) waits for the first of that kind from the place `from` on.
 */
export async function openBoundBrowser({ trust, url, bound = true, ...options }) {
  const browser = await openBrowser({
    url,
    env: { ...process.env, HOME: trust.home },
    flags: [`--host-resolver-rules=MAP ${HOST} 127.0.0.1,MAP ${FOREIGN_HOST} 127.0.0.1`,
      ...(bound ? [`--enable-features=${FEATURES}`] : [])],
    ...options,
  });
  browser.context.setDefaultTimeout(LIMIT);
  const events = [];
  const waiting = new Set();
  const session = await browser.context.newCDPSession(browser.page);
  session.on('Network.deviceBoundSessionEventOccurred', (what) => {
    events.push(flat(what));
    for (const look of waiting) look();
  });
  await session.send('Network.enable');
  await session.send('Network.enableDeviceBoundSessions', { enable: true });

  const event = (kind, from = 0) => new Promise((resolve, reject) => {
    const late = setTimeout(() => {
      waiting.delete(look);
      reject(new Error(`no event ${kind}; there were ${JSON.stringify(events, null, 1)}`));
    }, LIMIT);
    const look = () => {
      const found = events.slice(from).find((each) => each.kind === kind);
      if (!found) return;
      clearTimeout(late);
      waiting.delete(look);
      resolve(found);
    };
    waiting.add(look);
    look();
  });
  return Object.assign(browser, { events, event });
}
