// Ids, levels and stores of a wrong kind, in latchkey/next.
import { during } from './support/fake_next.mjs';
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { make, PASSWORD } from './support/next_sessions.mjs';

const NO_IDS = [undefined, null, NaN, {}, { id: 5 }, [1], true, ''];

const refused = ({ error, written }, name) => {
  assert.equal(error?.code, 'ERR_LATCHKEY_INVALID_ARGUMENT', String(error));
  assert.match(error.message, new RegExp(name));
  assert.deepEqual(written, []);
};

test('N3: no session is made for what is no user id, and none is ended', async () => {
  const sessions = make();
  for (const id of NO_IDS) {
    refused(await during('action', {}, () => sessions.createSession(id)), 'userId');
    refused(await during('action', {}, () => sessions.createAuthSession(id, {})), 'userId');
    refused(await during('action', {}, () => sessions.revokeUser(id)), 'userId');
  }
});

test('a level is given to raiseLevel, and an id to revokeOwnSession', async () => {
  const sessions = make();
  const { written } = await during('action', {}, () => sessions.createSession('u1'));
  const cookie = `${written[0].name}=${written[0].value}`;
  for (const level of [undefined, null, NaN, 257, '2', 1.5, -1]) {
    refused(await during('action', { cookie }, () => sessions.raiseLevel(level)), 'level');
  }
  for (const id of [undefined, null, 5, {}, []]) {
    refused(await during('action', { cookie }, () => sessions.revokeOwnSession(id)), 'id');
  }
  const { value } = await during('action', { cookie }, () => sessions.raiseLevel(2));
  assert.equal(value.level, 2);
});

test('N2: a store of another kind is refused, and is not the default', async () => {
  for (const store of [null, 5, true, {}, [], '', 'undefined', 'redis', 'REDIS://h']) {
    const { error } = await during('page', {}, () => make({ store }).getSession());
    assert.equal(error?.code, 'ERR_LATCHKEY_BAD_CONFIG', String(store));
    assert.match(error.message, /store/);
  }
});

test('N4: the proxy deletes both cookies of a browser that holds two of one name', async () => {
  const cookie = { name: 'sid', domain: 'app.example' };
  const sessions = make({ publicUrl: 'https://app.example', cookie });
  const ask = async (sent) => {
    const request = new Request('https://app.example/training', { headers: { cookie: sent } });
    request.nextUrl = { pathname: '/training', search: '' };
    const { headers } = await sessions.proxy(request, { protected: ['/training'] });
    return headers.getSetCookie();
  };
  const [elsewhere, own, ...more] = await ask('sid=A; sid=B');
  assert.deepEqual(more, []);
  assert.match(elsewhere, /^sid=; Max-Age=0; .*Path=\//);
  assert.doesNotMatch(elsewhere, /Domain/);
  assert.match(own, /^sid=; .*Max-Age=0/);
  assert.deepEqual(await ask('other=1'), []);
});

test('of what a form or a body sent as credentials nothing counts but name and password', async () => {
  const sessions = make();
  const body = { username: 'ada', password: PASSWORD, level: 3, remember: false, attributes: { admin: true },
    userId: 'root', address: '203.0.113.9', carry: ['x'] };
  for (const how of ['signUp', 'logIn']) {
    const { value, written } = await during('action', {}, () => sessions[how](body));
    assert.equal(value.user.username, 'ada', how);
    const { session } = sessions.core.validate(written[0].value);
    assert.deepEqual([session.level, session.persistent, session.attributes, session.address], [1, true, {}, ''], how);
  }
});
