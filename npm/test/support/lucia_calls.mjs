// Random calls of Lucia's, for two sides that have to answer alike.

const DAY = 86_400_000;

export const plain = (value) => JSON.parse(JSON.stringify(value ?? null));

export async function outcome(call) {
  try {
    return plain(await call());
  } catch (error) {
    return { threw: error.name === 'TypeError' ? 'TypeError' : 'Error' };
  }
}

// An application writes the cookie when the session is fresh.
export async function validate(lucia, id) {
  const result = await lucia.validateSession(id);
  const cookie = result.session?.fresh ? lucia.createSessionCookie(id) : null;
  return { ...result, cookie: cookie?.serialize(), attributes: plain(cookie?.attributes) };
}

export const CALLS = [
  (ids, pick) => {
    const id = `${pick(1e6)}`.padStart(6, '0') + 'x'.repeat(34);
    const attributes = [{}, { country: 'us' }, { country: null }, { country: undefined }][pick(4)];
    const user = ['u1', 'u2', 'nobody'][pick(12) % 7 % 3];
    ids.push(id);
    return (lucia) => lucia.createSession(user, attributes, { sessionId: id });
  },
  (ids, pick) => {
    const id = ids[pick(ids.length)] ?? 'unknown';
    return (lucia) => validate(lucia, id);
  },
  (ids, pick) => {
    const id = ids[ids.length - 1 - pick(6)] ?? 'unknown';
    return (lucia) => validate(lucia, id);
  },
  (_, pick) => {
    const user = ['u1', 'u2', 'nobody'][pick(3)];
    return (lucia) => lucia.getUserSessions(user);
  },
  (ids, pick) => {
    const id = ids[pick(ids.length)] ?? 'unknown';
    return (lucia) => lucia.invalidateSession(id);
  },
  (_, pick) => (pick(6) ? null : (lucia) => lucia.invalidateUserSessions('u2')),
  (_, pick) => (pick(3) ? null : (lucia) => lucia.deleteExpiredSessions()),
  () => async (lucia) => lucia.createBlankSessionCookie().serialize(),
  (ids) => async (lucia) => {
    const cookie = lucia.createSessionCookie(ids.at(-1) ?? 'none');
    const header = `a=1; ${cookie.name}=${cookie.value}; b=%20`;
    return [cookie.serialize(), plain(cookie.attributes), lucia.readSessionCookie(header)];
  },
  () => async (lucia) => [
    lucia.readBearerToken('Bearer abc'),
    lucia.readBearerToken('Basic abc'),
    lucia.readBearerToken(''),
    lucia.readSessionCookie(''),
    lucia.readSessionCookie('other=1'),
  ],
];

/** pass moves the clock now and then, by little or by a lot. */
export function pass(t, pick) {
  if (pick(8) === 0) t.mock.timers.tick([1, 999, DAY / 8, DAY / 3, DAY / 2, 16 * DAY][pick(6)]);
}
