// A user's recent activity: docs/events.md
import { during } from './support/fake_next.mjs';
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Sessions } from 'latchkey';
import { signIn } from 'latchkey/testing';
import { createAuth } from 'latchkey/web';
import { make, PASSWORD } from './support/next_sessions.mjs';

let count = 0;
const memory = (options = {}) => new Sessions({ store: `memory:events${++count}`, ...options });
const kinds = ({ events }) => events.map(({ kind }) => kind);

/** An account with a log-in, a failed one and a session that was ended. */
async function busy(sessions) {
  const context = { userAgent: 'Firefox', address: '203.0.113.9' };
  const right = { username: 'ada', password: PASSWORD };
  const { user } = await sessions.accounts.signUp(right, context);
  await sessions.accounts.logIn({ ...right, password: 'a wrong long password' }, context);
  const { session } = await sessions.accounts.logIn(right, context);
  await sessions.revoke({ id: session.id });
  return { user, session };
}

test('R176: what happens to an account is listed, the newest first', async () => {
  const sessions = memory();
  const { user, session } = await busy(sessions);
  const page = await sessions.events(user.id);
  assert.equal(page.next, '');
  assert.deepEqual([...kinds(page)].sort(),
    ['log_in', 'log_in', 'log_in_failed', 'log_out', 'sign_up']);
  for (const [i, event] of page.events.entries()) {
    assert.ok(event.at instanceof Date);
    assert.equal(event.id.length, 16);
    if (i > 0) assert.ok(event.at <= page.events[i - 1].at);
  }
  const ended = page.events.find(({ kind }) => kind === 'log_out');
  assert.equal(ended.sessionId, session.id);
  const login = page.events.find(({ kind }) => kind === 'log_in');
  assert.deepEqual([login.userAgent, login.address], ['Firefox', '203.0.113.9']);
});

test('R178: why a log-in failed is not told to the user, and others see nothing', async () => {
  const sessions = memory();
  const { user } = await busy(sessions);
  const { events } = await sessions.events(user.id);
  const failed = events.find(({ kind }) => kind === 'log_in_failed');
  assert.equal(failed.reason, '');
  assert.equal('account' in failed, false);
  assert.deepEqual(await sessions.events('somebody-else'), { events: [], next: '' });
});

test('pages follow each other until there is no next', async () => {
  const sessions = memory();
  const { user } = await busy(sessions);
  const all = await sessions.events(user.id);
  const seen = [];
  let after = '';
  do {
    const page = await sessions.events(user.id, { after, limit: 2 });
    assert.ok(page.events.length <= 2);
    seen.push(...page.events);
    after = page.next;
  } while (after !== '');
  assert.deepEqual(seen, all.events);
});

test('misuse is named', async () => {
  const sessions = memory();
  const wrong = { code: 'ERR_LATCHKEY_INVALID_ARGUMENT' };
  await assert.rejects(sessions.events(undefined), wrong);
  await assert.rejects(sessions.events('ada', { after: 'nonsense' }), wrong);
  await assert.rejects(sessions.events('ada', { after: 7 }), wrong);
  await assert.rejects(sessions.events('ada', { limit: 0 }), wrong);
  await assert.rejects(sessions.events('ada', { limit: 1001 }), wrong);
  assert.throws(() => memory({ eventRetention: -1 }), { code: 'ERR_LATCHKEY_BAD_CONFIG' });
});

test('with eventRetention 0 nothing is kept', async () => {
  const sessions = memory({ eventRetention: 0 });
  const { user } = await busy(sessions);
  assert.deepEqual(await sessions.events(user.id), { events: [], next: '' });
});

test('events are pruned with the sessions', async () => {
  const sessions = memory({ eventRetention: '1s' });
  const { user } = await busy(sessions);
  const { events } = await sessions.events(user.id);
  assert.equal(events.length, 5);
  const real = Date.now;
  Date.now = () => real() + 3_600_000;
  try {
    await sessions.prune();
    assert.deepEqual((await sessions.events(user.id)).events, []);
  } finally {
    Date.now = real;
  }
});

test('listEvents of latchkey/next is the activity of who asks', async () => {
  const sessions = make();
  const { cookieHeader: cookie } = await signIn(sessions, 'ada');
  const mine = await during('action', { cookie }, () => sessions.listEvents());
  assert.deepEqual(kinds(mine.value), ['log_in']);
  const nobody = await during('action', {}, () => sessions.listEvents({ limit: 5 }));
  assert.deepEqual(nobody.value, { events: [], next: '' });
});

test('auth.events() of a framework is the activity of who asks', async () => {
  const url = 'http://localhost:3000';
  const auth = createAuth({ store: 'memory:events-web', publicUrl: url });
  const seen = [];
  const handle = auth.withAuth(async (request, session) => {
    if (request.method === 'POST') {
      assert.equal(await session.signUp({ username: 'ada', password: PASSWORD }), null);
    }
    seen.push(await session.events());
    return new Response('');
  });
  const made = await handle(new Request(`${url}/`, { method: 'POST', headers: { origin: url } }));
  const cookie = made.headers.getSetCookie().map((line) => line.split(';')[0]).join('; ');
  await handle(new Request(`${url}/`, { headers: { cookie } }));
  await handle(new Request(`${url}/`));
  assert.deepEqual(kinds(seen[1]).sort(), ['log_in', 'sign_up']);
  assert.deepEqual(seen[2], { events: [], next: '' });
});
