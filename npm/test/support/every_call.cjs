// One call of every kind that is done on another thread. What becomes of it does not matter.
const { Lucia, Sessions, postgres, redis, sqlite } = require('latchkey');
const { getIronSession } = require('latchkey/iron-session');

const PASSWORD = 'correct horse battery staple';
const SEAL = 'a password with forty characters or more!';

/** quiet makes a call and looks at no outcome: `await quiet(call)` waits for it. */
async function quiet(call) {
  try {
    await call();
  } catch {
    // A store may be away, and the thread may be ending.
  }
}

function sessionCalls(store) {
  const sessions = new Sessions({ store, publicUrl: 'http://localhost:3000' });
  const { accounts } = sessions;
  const username = `u${Math.random()}`;
  const guest = () => sessions.createGuest({ address: username });
  return [
    () => accounts.logIn({ username, password: PASSWORD }),
    async () => {
      const { token } = await accounts.signUp({ username: `c${Math.random()}`, password: PASSWORD });
      await accounts.changePassword(token, { current: PASSWORD, replacement: `${PASSWORD} 2` });
    },
    async () => {
      const { token } = await sessions.create('u1', { attributes: { theme: 'dark' } });
      await sessions.validateAsync(token, { fresh: true, withUser: true });
      await sessions.update(token, { theme: 'light' });
      await sessions.touch(token);
      await sessions.rotate(token);
    },
    async () => sessions.attach((await guest()).token, 'u2'),
    async () => sessions.revoke((await sessions.create('u3')).token),
    async () => sessions.revokeOthers((await sessions.create('u4')).token),
    () => sessions.validateAsync(`lk1_${'x'.repeat(47)}`, { fresh: true }),
    () => sessions.revokeUser('u5'),
    () => sessions.list('u1'),
    () => sessions.events('u1'),
    () => sessions.prune(),
    () => sessions.flush(),
  ];
}

function ironCall(store) {
  const jar = new Map();
  const cookies = {
    get: (key) => (jar.has(key) ? { value: jar.get(key) } : undefined),
    set: (key, value) => jar.set(key, value),
  };
  return async () => {
    const options = { cookieName: 'sid', password: SEAL, store };
    const session = await getIronSession(cookies, options);
    session.user = 'ada';
    await session.save();
    await (await getIronSession(cookies, options)).destroy();
  };
}

function luciaCalls(adapter) {
  const auth = new Lucia(adapter);
  return [
    async () => {
      const { id } = await auth.createSession('u1', {});
      await auth.validateSession(id);
      await auth.updateSession(id, {});
      await auth.invalidateSession(id);
    },
    () => auth.getUserSessions('u1'),
    () => auth.invalidateOtherSessions('u1', 'none'),
    () => auth.deleteExpiredSessions(),
    () => adapter.addIndexes(),
  ];
}

/** calls lists them for a store, or for `{ lucia: file or URL }`, a database with Lucia's tables. */
function calls(store) {
  if (typeof store === 'string') return [...sessionCalls(store), ironCall(store)];
  const { lucia } = store;
  const adapter = { redis, postgres }[/^(redis|postgres)/.exec(lucia)?.[1]] ?? sqlite;
  return luciaCalls(adapter(lucia));
}

module.exports = { calls, quiet };
