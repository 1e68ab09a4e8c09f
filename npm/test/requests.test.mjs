// A request in one call: Sessions.begin and change, with requests of the web and of Node.js.
import assert from 'node:assert/strict';
import { createServer, get } from 'node:http';
import { once } from 'node:events';
import { test } from 'node:test';
import { Sessions } from 'latchkey';
import { setCookiesOf } from './support/headers.mjs';

let count = 0;
const make = (options = {}) =>
  new Sessions({ store: `memory:requests${++count}`, publicUrl: 'http://localhost:3000', ...options });
const own = { origin: 'http://localhost:3000', 'user-agent': 'Test/1' };
const pairOf = ({ headers }) =>
  setCookiesOf(headers).map((line) => line.split(';')[0]).findLast((pair) => pair.startsWith('session-3000='));

test('begin tells who asks, and all that goes back', async () => {
  const sessions = make();
  const entered = await sessions.change({ headers: own }, 'logInUser', { userId: 'ada', address: '203.0.113.5' });
  assert.deepEqual([entered.state, entered.rejection, entered.session.userId], ['user', null, 'ada']);
  assert.deepEqual([entered.session.userAgent, entered.session.address], ['Test/1', '203.0.113.5']);
  const cookie = pairOf(entered);
  for (const headers of [{ cookie }, { cookie: ['a=b', cookie] }, new Headers({ cookie })]) {
    const seen = await sessions.begin({ headers });
    assert.equal(seen.session.id, entered.session.id);
    assert.deepEqual(seen.headers, [['Cache-Control', 'private, no-store'], ['Vary', 'Cookie']]);
    assert.equal(seen.user, null);
  }
  const updated = await sessions.update((await sessions.begin({ headers: { cookie } })).session, { theme: 'dark' });
  assert.deepEqual(updated.session.attributes, { theme: 'dark' });
  const { id } = updated.session;
  await sessions.set({ id }, { cart: { apples: 3 }, gone: 1 });
  const set = await sessions.set({ id }, { cart: { pears: null }, gone: null });
  assert.deepEqual(set.session.attributes, { theme: 'dark', cart: { pears: null } }, 'nothing is merged');
  assert.equal((await sessions.begin({ headers: { cookie }, cookie: null })).state, 'none');
  const foreign = { method: 'POST', headers: { cookie, origin: 'https://evil.example' } };
  assert.deepEqual([(await sessions.begin(foreign)).state, (await sessions.begin(foreign)).session], ['refused', null]);
  assert.equal((await sessions.begin(foreign, { crossSite: true })).state, 'user');
});

test('begin takes the requests of Node.js as they are', async (t) => {
  const sessions = make({ publicUrl: 'http://localhost:3000' });
  const cookie = pairOf(await sessions.change({ headers: own }, 'logInUser', { userId: 'ada' }));
  const server = createServer(async (request, response) => {
    const { state, headers } = await sessions.begin(request);
    for (const [name, value] of headers) response.appendHeader(name, value);
    response.end(state);
  });
  t.after(() => server.close());
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  for (const [sent, state, written] of [[{ cookie }, 'user', 0], [{}, 'none', 0],
    [{ cookie: `${cookie}; ${cookie.split('=')[0]}=x`, accept: 'text/html' }, 'none', 1]]) {
    const [response] = await once(get({ port: server.address().port, headers: sent }), 'response');
    response.setEncoding('utf8');
    assert.equal((await response.toArray()).join(''), state);
    assert.equal((response.headers['set-cookie'] ?? []).length > 0, written > 0);
    assert.equal(response.headers.vary, 'Cookie');
  }
});

test('every change of a request, and what its mistakes are called', async () => {
  const sessions = make();
  const typed = { username: 'ada', password: 'correct horse battery staple' };
  const request = (cookie) => ({ headers: { ...own, ...(cookie && { cookie }) } });
  const signedUp = await sessions.change(request(), 'signUp', typed);
  assert.deepEqual([signedUp.user.username, signedUp.rejection], ['ada', null]);
  const again = await sessions.change(request(), 'signUp', typed);
  assert.deepEqual([again.rejection.code, again.rejection.field, again.session], ['username_taken', 'username', null]);
  const loggedIn = await sessions.change(request(pairOf(signedUp)), 'logIn', typed);
  assert.equal((await sessions.begin(request(pairOf(signedUp)))).state, 'revoked');
  const other = await sessions.change(request(), 'logIn', typed);
  const raised = await sessions.change(request(pairOf(loggedIn)), 'raiseLevel', { level: 2 });
  assert.equal(raised.session.level, 2);
  assert.equal((await sessions.change(request(pairOf(raised)), 'logOutOthers')).ended, 1);
  assert.equal((await sessions.begin(request(pairOf(other)))).state, 'revoked');
  const passwords = { password: typed.password, replacement: `${typed.password} 2` };
  const wrong = await sessions.change(request(pairOf(raised)), 'reauthenticate', { password: 'not this one at all' });
  assert.equal(wrong.rejection.code, 'wrong_credentials');
  const proven = await sessions.change(request(pairOf(raised)), 'reauthenticate', { password: typed.password });
  assert.deepEqual([proven.rejection, proven.session.id, proven.session.level], [null, raised.session.id, 2]);
  assert.notEqual(pairOf(proven), pairOf(raised));
  const changed = await sessions.change(request(pairOf(proven)), 'changePassword', passwords);
  assert.equal(changed.rejection, null);
  const out = await sessions.change(request(pairOf(changed)), 'logOut');
  assert.deepEqual([out.ended, out.state, /Max-Age=0/.test(setCookiesOf(out.headers).at(-1))], [1, 'none', true]);
  for (const [change, options] of [['raiseLevel', { level: 2 }], ['logOutOthers'], ['changePassword'], ['reauthenticate']]) {
    const gone = sessions.change(request(pairOf(changed)), change, options);
    await assert.rejects(gone, { code: 'ERR_LATCHKEY_NOT_FOUND' });
  }
  const foreign = { headers: { origin: 'https://evil.example' } };
  await assert.rejects(sessions.change(foreign, 'logIn', typed), { code: 'ERR_LATCHKEY_ORIGIN_REFUSED', status: 403 });
  await assert.rejects(sessions.change(request(), 'logIn', typed, { mayWrite: false }), { code: 'ERR_LATCHKEY_HEADERS_SENT' });
});

test('a guest who logs in takes along what is named', async () => {
  const sessions = make();
  const { token, session } = await sessions.createGuest({ attributes: { cart: 1, x: 2 } });
  const cookie = sessions.setCookie(token, session).split(';')[0];
  assert.equal((await sessions.begin({ headers: { cookie } })).state, 'guest');
  const user = await sessions.change({ headers: { ...own, cookie } }, 'logInUser', { userId: 'ada', carry: ['cart'] });
  assert.deepEqual(user.session.attributes, { cart: 1 });
});

test('misuse is refused, and changes nothing', async () => {
  const sessions = make();
  const invalid = { code: 'ERR_LATCHKEY_INVALID_ARGUMENT' };
  for (const request of [undefined, null, 'x', {}, { headers: null }, { headers: 'x' }]) {
    await assert.rejects(sessions.begin(request), invalid, JSON.stringify(request));
  }
  await assert.rejects(sessions.begin({ headers: { cookie: 5 } }), invalid);
  await assert.rejects(sessions.begin({ headers: {}, cookie: 5 }), invalid);
  await assert.rejects(sessions.begin({ headers: {} }, null), invalid);
  for (const verb of ['', 'login', undefined]) await assert.rejects(sessions.change({ headers: own }, verb), invalid);
  for (const options of [{}, { userId: '' }, { userId: null }, { userId: 'a', level: 0 }, { userId: 'a', level: 4 },
    { userId: 'a', carry: 5 }, { userId: 'a', remember: 'no' }]) {
    await assert.rejects(sessions.change({ headers: own }, 'logInUser', options), invalid, JSON.stringify(options));
  }
  await assert.rejects(sessions.change({ headers: own }, 'raiseLevel'), invalid);
  assert.equal((await sessions.list('a')).sessions.length, 0);
  const nowhere = new Sessions({ store: 'memory:nowhere' });
  await assert.rejects(nowhere.begin({ headers: {} }), { code: 'ERR_LATCHKEY_BAD_CONFIG', message: /publicUrl/ });
  const { token } = await nowhere.create('u');
  assert.equal(nowhere.validate(token).state, 'active');
});

test('a header with a line end is no second header', async () => {
  const sessions = make();
  const headers = { accept: 'x\norigin\nhttps://evil.example', 'sec-fetch-site': 'same-origin' };
  assert.equal((await sessions.begin({ method: 'POST', headers })).state, 'none');
});
