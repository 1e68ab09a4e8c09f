// The cases of the front door (tests/auth_cases) through the addon, and through latchkey/next on a
// Next.js that is only pretended.
import { during } from './support/fake_next.mjs';
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Sessions } from 'latchkey';
import { bringClient, brief, DAY, lastSeen, lower, NOW, rows, settingsOf } from './support/auth_cases.mjs';
import { setCookiesOf } from './support/headers.mjs';

const { createSessions } = await import('latchkey/next');

const PASSWORD = 'correct horse battery staple';
const FACTS = { may_write: 'mayWrite', passive: 'passive', fresh: 'fresh', offers: 'offers',
  cross_site: 'crossSite', json_only: 'jsonOnly' };
let count = 0;

/** Runs every row that `shape` can, and says how many those were. */
async function runRows(t, shape) {
  let ran = 0;
  for (const row of rows) {
    const settings = settingsOf(row);
    if (!settings || !shape.can(row, settings)) continue;
    t.mock.timers.enable({ apis: ['Date'], now: NOW });
    try {
      await shape.run(row, { store: `memory:case${++count}`, touchEvery: '1h', ...settings }, t.mock.timers);
    } catch (error) {
      throw new Error(`${row.name}: ${error.message}`, { cause: error });
    } finally {
      t.mock.timers.reset();
    }
    ran += 1;
  }
  return ran;
}

const sorted = (lines) => [...lines].sort();

// Columns it does not have: `asked` (nothing counts the calls of a store), `status`, `code` and
// `redirect` (what a state means is for the program), `clear`. Nothing is cacheable.
const addon = {
  can: (row) => row.do !== 'cacheable',
  async run(row, settings, clock) {
    const brought = await bringClient(row, settings, (options) => new Sessions(options), clock);
    const { sessions, cookie, token } = brought;
    if (row.do === 'log_in_wrong') await sessions.accounts.signUp({ username: 'ann', password: PASSWORD });
    const before = await lastSeen(sessions, row, token);
    const request = { method: row.request.method, headers: lower(row.request.headers), cookie };
    const facts = Object.fromEntries(
      Object.entries(row.begin ?? {}).map(([name, value]) => [FACTS[name], value]));
    const act = {
      log_out: () => sessions.change(request, 'logOut', {}, facts),
      log_in: () => sessions.change(request, 'logInUser', { userId: 'ann' }, { passive: false, ...facts }),
      log_in_wrong: () => sessions.change(request, 'logIn', { username: 'ann', password: 'not that at all' }, facts),
    }[row.do] ?? (() => sessions.begin(request, facts));
    const { want } = row;
    let seen;
    try {
      seen = await act();
    } catch (error) {
      assert.equal(error.code, `ERR_LATCHKEY_${want.error?.toUpperCase()}`);
      seen = await sessions.begin(request, facts);
    }
    assert.equal(seen.state, want.state);
    assert.deepEqual(sorted(setCookiesOf(seen.headers).map(brief)), sorted(want.cookies));
    assert.equal(new Map(seen.headers).get('Cache-Control'), want.cache ?? 'private, no-store');
    if (row.do === 'log_in_wrong' && want.state !== 'refused') assert.equal(seen.rejection.code, 'wrong_credentials');
    if (want.touched !== undefined) {
      assert.equal((await lastSeen(sessions, row, token)) !== before, want.touched, 'touched');
    }
  },
};

test('the addon decides every case that it can be asked as the core does', async (t) => {
  const ran = await runRows(t, addon);
  t.diagnostic(`${ran} of ${rows.length} rows`);
  assert.ok(ran >= 220);
});

/** Asks the proxy for a page that only users see. */
async function throughProxy(sessions, row, cookie, renew) {
  const { method, target, headers } = row.request;
  const init = { method, headers: { ...headers, ...(cookie && { cookie }) } };
  const request = new Request(new URL(target, 'http://localhost:8080'), init);
  request.nextUrl = { pathname: '/training', search: '' };
  const answer = await sessions.proxy(request, { protected: ['/training'], ...(!renew && { renew }) });
  const to = answer.headers.get('location') ?? '';
  return { isUser: answer.headers.has('x-middleware-next'), reason: /[?&]reason=(\w+)/.exec(to)?.[1],
    redirects: to !== '', cookies: answer.headers.getSetCookie().map(brief) };
}

const briefCookie = ({ name, maxAge, domain, path }) =>
  `${maxAge === 0 ? 'delete' : 'set'} ${name}${domain ? `; Domain=${domain}` : ''}${path === '/' ? '' : `; Path=${path}`}`;

/** The route handlers: a POST is a foreign page's, or it is not. */
async function throughHandlers(sessions, row, cookie, action) {
  const headers = { ...row.request.headers, ...(cookie && { cookie }) };
  const request = new Request(`http://localhost:8080/api/session/${action}`, { method: 'POST', headers });
  const { value, error, written } = await during('handler', { cookie: cookie ?? '', headers }, () => sessions.handlers.POST(request));
  if (error) throw error;
  return { status: value.status, cookies: written.map(briefCookie) };
}

const isRead = (row) => ['GET', 'HEAD', 'OPTIONS'].includes(row.request.method);
const SETTINGS = new Set(['publicUrl', 'carrier', 'secret', 'cookie']);
// Without Sec-Fetch-Mode the proxy takes what it would redirect for a page, `Accept` or not.
const guessed = (row) => {
  const headers = lower(row.request.headers);
  return !('sec-fetch-mode' in headers) && !(headers.accept ?? '').includes('text/html');
};

// Columns it does not have: `asked`; `status`, `code` and `redirect` (Next.js knows more ways to
// refuse, see next_proxy.test.mjs); `cache` and `clear`; of `state` what a browser is told.
const next = {
  can(row, settings) {
    if (row.do === 'cacheable' || row.begin?.fresh || row.begin?.offers === false || row.begin?.json_only) return false;
    if (guessed(row) && isRead(row) && row.want.cookies.length === 0 && row.client) return false;
    // No request of a browser is like that; `Request` refuses it, or Next.js never sees it.
    const headers = lower(row.request.headers);
    if (row.request.method === 'FROB' || headers.upgrade || !/^\/(?![/\\])/.test(row.request.target)) return false;
    // A page that renders changes nothing.
    if (row.do && row.begin?.may_write === false) return false;
    return row.site === 'lucia' || Object.keys(settings).every((name) => SETTINGS.has(name));
  },
  async run(row, settings, clock) {
    const { preset, ...others } = settings;
    // Lucia's policy, in the words of latchkey/next.
    if (preset) Object.assign(others, { cookie: { renew: true }, idle: '30d', absolute: '36500d', lastSeenEvery: '36500d' });
    const { touchEvery: _, ...config } = others;
    const opened = new Map();
    const open = (options) => {
      const made = createSessions({ ...config, ...options, preset: undefined });
      opened.set(made.core, made);
      return made.core;
    };
    const { sessions: core, cookie, token } = await bringClient(row, config, open, clock);
    await judgeInNext(opened.get(core), core, row, cookie, token);
  },
};

async function judgeInNext(sessions, core, row, cookie, token) {
  const { want } = row;
  const before = await lastSeen(core, row, token);
  const ofPage = async () => {
    const headers = { ...row.request.headers, ...(cookie && { cookie }) };
    const passive = row.begin.passive === true;
    const found = await during('page', { cookie: cookie ?? '', headers }, () => sessions.verifySession({ touch: !passive }));
    assert.equal(found.error === undefined, want.state === 'user', 'state');
    return found.written.map(briefCookie);
  };
  let cookies;
  if (want.state === 'refused') {
    const { status } = await throughHandlers(sessions, row, cookie, row.do === 'log_out' ? 'logout' : 'renew');
    assert.equal(status, 403);
    cookies = [];
  } else if (row.begin?.may_write === false) {
    cookies = await ofPage();
  } else if (row.do === 'log_out') {
    const done = await throughHandlers(sessions, row, cookie, 'logout');
    assert.ok([200, 303].includes(done.status), `status ${done.status}`);
    cookies = done.cookies;
  } else if (row.do?.startsWith('log_in')) {
    cookies = await logInNext(sessions, row, cookie);
  } else {
    if (row.request.method === 'POST' && !row.begin?.cross_site) {
      assert.notEqual((await throughHandlers(sessions, row, cookie, 'nothing')).status, 403);
    }
    const seen = await throughProxy(sessions, row, cookie, row.begin?.passive !== true);
    assert.equal(seen.isUser, want.state === 'user', 'state');
    const told = ['expired', 'revoked'].includes(want.state) ? want.state : undefined;
    if (seen.redirects) assert.equal(seen.reason, told, 'state');
    cookies = seen.cookies;
  }
  if (want.state !== 'refused' && /^log_/.test(row.do ?? '')) assertOneEach(cookies, want.cookies);
  else assert.deepEqual(sorted(cookies), sorted(want.cookies));
  if (want.touched !== undefined) {
    assert.equal((await lastSeen(core, row, token)) !== before, want.touched, 'touched');
  }
}

// Actions and handlers write through `cookies()` of Next.js, which keeps one cookie of each name, the
// last: what deletes a cookie of the same name in another scope is lost there.
function assertOneEach(written, wanted) {
  const nameOf = (line) => /^\w+ ([^;]+)/.exec(line)[1];
  const kept = [...new Map(written.map((line) => [nameOf(line), line])).values()];
  assert.deepEqual(new Set(kept.map(nameOf)), new Set(wanted.map(nameOf)));
  for (const line of kept) assert.ok(wanted.includes(line), line);
  const sets = wanted.filter((line) => line.startsWith('set'));
  for (const line of sets) assert.ok(kept.includes(line), line);
}

async function logInNext(sessions, row, cookie) {
  const headers = { ...row.request.headers, ...(cookie && { cookie }) };
  const wrong = row.do === 'log_in_wrong';
  if (wrong) await sessions.core.accounts.signUp({ username: 'ann', password: PASSWORD });
  const enter = wrong
    ? () => sessions.logIn({ username: 'ann', password: 'not that at all' })
    : () => sessions.createSession('ann');
  const { error, written } = await during('handler', { cookie: cookie ?? '', headers }, enter);
  if (error) throw error;
  return written.map(briefCookie);
}

test('latchkey/next decides every case that it can be asked as the core does', async (t) => {
  const ran = await runRows(t, next);
  t.diagnostic(`${ran} of ${rows.length} rows`);
  assert.ok(ran >= 150);
});
