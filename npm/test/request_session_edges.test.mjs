// What a RequestSession of latchkey/web can do, each with what its mistakes are called.
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { test } from 'node:test';
import { createAuth, toResponse } from 'latchkey/web';
import { setCookiesOf } from './support/headers.mjs';

const URL = 'http://localhost:3000';
const PASSWORD = 'correct horse battery staple';
const ADA = { username: 'ada', password: PASSWORD };
let stores = 0;

function open(options = {}) {
  const auth = createAuth({ store: `memory:request_session${++stores}`, publicUrl: URL, ...options });
  const begin = (cookie = '', facts = {}) => {
    const headers = { origin: URL, ...(cookie && { cookie }) };
    return auth.begin(new Request(`${URL}/training?week=2`, { method: 'POST', headers }), facts);
  };
  const enter = async (userId, more) => {
    const session = await begin();
    await session.logInUser(userId, more);
    return { session, cookie: pairOf(session), id: session.session.id };
  };
  return { auth, begin, enter };
}
const pairOf = ({ headers }) =>
  setCookiesOf(headers).map((line) => line.split(';')[0]).findLast((pair) => /^session-3000=./.test(pair));
const SECRET = randomBytes(32).toString('base64url');

test('a password is changed by who knows it, and asked for once more', async () => {
  const { begin } = open();
  const first = await begin();
  assert.equal(await first.signUp(ADA), null);
  assert.equal((await (await begin()).signUp(ADA)).field, 'username');
  const wrong = await begin();
  assert.equal((await wrong.logIn({ ...ADA, password: `not ${PASSWORD}` })).code, 'wrong_credentials');
  assert.deepEqual([wrong.state, wrong.userId, wrong.session], ['none', null, null]);
  const other = await begin();
  assert.equal(await other.logIn(ADA, { level: 2 }), null);
  assert.equal(other.session.level, 2);

  const session = await begin(pairOf(first), { withUser: true });
  assert.equal(session.user.username, 'ada');
  const before = session.session;
  assert.notEqual(await session.reauthenticate('not this one at all'), null);
  assert.equal(pairOf(session), undefined);
  assert.equal(await session.reauthenticate(PASSWORD), null);
  assert.equal(session.session.id, before.id);
  assert.notEqual(pairOf(session), pairOf(first), 'a new secret');
  assert.notEqual(await session.changePassword('not this one at all', `${PASSWORD} 2`), null);
  assert.equal(await session.changePassword(PASSWORD, `${PASSWORD} 2`), null);
  assert.equal((await begin(pairOf(session))).session.id, before.id);
  assert.notEqual((await begin(pairOf(other))).state, 'user', 'the others are out');
  assert.notEqual(await (await begin()).logIn(ADA), null);
  assert.equal(await (await begin()).logIn({ ...ADA, password: `${PASSWORD} 2` }), null);
});

test('devices are those of the user, in pages, and each ends its own only', async () => {
  const { auth, begin, enter } = open();
  const [ada, phone, eve] = [await enter('ada'), await enter('ada'), await enter('eve')];
  const session = await begin(ada.cookie);
  const { list } = auth.sessions;
  const asked = [];
  auth.sessions.list = (userId, { after, limit }) => {
    asked.push([userId, after !== '', limit]);
    return list.call(auth.sessions, userId, { after, limit: 1 });
  };
  const devices = await session.devices();
  assert.deepEqual(devices.map(({ id, current }) => [id, current]).sort(),
    [[ada.id, true], [phone.id, false]].sort());
  assert.deepEqual(asked.slice(0, 2), [['ada', false, 1000], ['ada', true, 1000]]);
  assert.equal(await session.endDevice(eve.id), false);
  assert.equal((await begin(eve.cookie)).state, 'user');
  assert.equal(await session.endDevice(phone.id), true);
  assert.equal((await begin(phone.cookie)).state, 'revoked');
  assert.equal(await session.endDevice(phone.id), false);
  await assert.rejects(session.endDevice(5), { code: 'ERR_LATCHKEY_INVALID_ARGUMENT' });
  const nobody = await begin();
  await nobody.startGuest({ cart: 1 });
  assert.equal(nobody.state, 'guest');
  assert.deepEqual([await nobody.devices(), await nobody.endDevice(ada.id)], [[], false]);
  assert.equal((await begin(ada.cookie)).state, 'user');
});

test('the others end, this one stays; a log-out says whether there was a session', async () => {
  const { begin, enter } = open();
  const [ada, phone, eve] = [await enter('ada'), await enter('ada'), await enter('eve')];
  assert.equal(await (await begin(ada.cookie)).logOutOthers(), 1);
  assert.equal((await begin(phone.cookie)).state, 'revoked');
  assert.equal((await begin(eve.cookie)).state, 'user');
  const session = await begin(ada.cookie);
  assert.equal(await session.logOut(), true);
  assert.deepEqual([session.state, session.userId, session.session], ['none', null, null]);
  assert.equal(await (await begin()).logOut(), false);
});

test('a level is raised with a new secret, and refused to who has it not', async (t) => {
  const { begin, enter } = open({ login: '/enter' });
  const ada = await enter('ada');
  const session = await begin(ada.cookie);
  assert.equal(await session.require(), true);
  assert.equal(await session.require({ level: 2 }), false);
  assert.equal(JSON.parse(session.refusal().body).code, 'level_required');
  await session.raiseLevel(2);
  assert.deepEqual([session.session.id, session.session.level], [ada.id, 2]);
  assert.notEqual(pairOf(session), ada.cookie);
  assert.equal(await session.require({ level: 2, maxAuthAge: '5m' }), true, 'within the same request, too');
  const { now } = Date;
  t.mock.method(Date, 'now', () => now() + 10 * 60_000);
  assert.equal(await session.require({ maxAuthAge: '5m' }), false);
  assert.equal(JSON.parse(session.refusal().body).code, 'recent_login');
  const nobody = await begin('', { page: true });
  assert.equal(await nobody.require(), false);
  const answer = toResponse(nobody.refusal());
  assert.deepEqual([answer.status, answer.body], [303, null]);
  assert.equal(answer.headers.get('location'), '/enter');
});

test('attributes are changed where there is a session, and stay those of the store', async () => {
  const { auth, begin, enter } = open();
  assert.equal(await (await begin()).update({ theme: 'dark' }), false);
  const ada = await enter('ada', { attributes: { cart: 1, theme: 'light' } });
  const session = await begin(ada.cookie);
  session.markHeadersSent();
  assert.equal(await session.update({ theme: 'dark', cart: null }), true, 'it writes no cookie');
  assert.deepEqual(session.session.attributes, { theme: 'dark' });
  assert.deepEqual((await begin(ada.cookie)).session.attributes, { theme: 'dark' });
  await assert.rejects(session.startGuest(), { code: 'ERR_LATCHKEY_HEADERS_SENT', status: 500 });
  const late = await begin(ada.cookie);
  await auth.sessions.revokeUser('ada');
  assert.equal(await late.update({ theme: 'light' }), false);
  assert.deepEqual(late.session.attributes, { theme: 'dark' });
});

test('a sealed session is changed in its cookie, while one can be written', async () => {
  const { begin, enter } = open({ carrier: 'sealed', secret: SECRET });
  const ada = await enter('ada', { attributes: { cart: 1 } });
  const session = await begin(ada.cookie);
  assert.equal(await session.update({ cart: 2 }), true);
  assert.equal(setCookiesOf(session.headers).length, 1);
  assert.ok(session.headers.some(([name]) => name === 'Cache-Control'));
  assert.deepEqual([session.state, session.session.attributes], ['user', { cart: 2 }]);
  assert.deepEqual((await begin(pairOf(session))).session.attributes, { cart: 2 });
  assert.equal(await session.update({ cart: 3 }), true, 'it goes on from what was written');
  assert.deepEqual((await begin(pairOf(session))).session.attributes, { cart: 3 });
  for (const late of [await begin(ada.cookie), await begin(ada.cookie, { mayWrite: false })]) {
    late.markHeadersSent();
    await assert.rejects(late.update({ cart: 4 }), { code: 'ERR_LATCHKEY_HEADERS_SENT' });
  }
});

test('a log-in leads to a page of this site', async () => {
  const { begin } = open({ home: '/start' });
  const session = await begin();
  for (const [wanted, to] of [['/a?b=1', '/a?b=1'], ['https://evil.example', '/start'], ['//evil.example', '/start'],
    [undefined, '/start'], [5, '/start']]) {
    assert.equal(session.safeNext(wanted), to, String(wanted));
  }
});

test('what createAuth cannot use is refused, by name', () => {
  for (const [options, code, name] of [
    [{ publicUrl: undefined }, 'ERR_LATCHKEY_BAD_CONFIG', /publicUrl/],
    [{ clientAddress: '203.0.113.5' }, 'ERR_LATCHKEY_INVALID_ARGUMENT', /clientAddress/],
    [{ login: 'enter' }, 'ERR_LATCHKEY_BAD_CONFIG', /login/], [{ login: 5 }, 'ERR_LATCHKEY_INVALID_ARGUMENT', /login/],
    [{ home: 'https://a.example' }, 'ERR_LATCHKEY_BAD_CONFIG', /home/]]) {
    assert.throws(() => open(options), (error) => error.code === code && name.test(error.message), name.source);
  }
});

test('the address is asked for with the request, and null is none', async () => {
  const { enter } = open({ clientAddress: (request) => request.headers.get('x-real-ip') });
  assert.equal((await enter('ada')).session.session.address, '');
  const { auth } = open({ clientAddress: () => '203.0.113.5' });
  const session = await auth.begin(new Request(URL, { method: 'POST', headers: { origin: URL } }));
  await session.logInUser('ada');
  assert.equal(session.session.address, '203.0.113.5');
});

test('a store that fails in a handler is a 503; what else is thrown goes on', async () => {
  const { auth } = open({ store: 'redis://127.0.0.1:1' });
  const lost = auth.withAuth((_, session) => session.logInUser('ada').then(() => new Response()), {});
  const response = await lost(new Request(URL, { method: 'POST', headers: { origin: URL } }));
  assert.equal(response.status, 503);
  assert.equal(response.headers.get('content-type'), 'application/problem+json');
  assert.ok(response.headers.get('retry-after'));
  await assert.rejects(open().auth.withAuth(() => { throw new RangeError('mine'); })(new Request(URL)), RangeError);
});
