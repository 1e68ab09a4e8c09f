import assert from 'node:assert/strict';
import { test } from 'node:test';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Sessions } from 'latchkey';

let count = 0;
const memory = (options = {}) => new Sessions({ store: `memory:s${++count}`, ...options });

test('a session is created, validated, updated, rotated and revoked', async () => {
  const sessions = memory();
  const { token, session } = await sessions.create('u1', { attributes: { theme: 'dark' } });
  assert.equal(session.userId, 'u1');
  const found = sessions.validate(token);
  assert.equal(found.state, 'active');
  assert.deepEqual(found.session.attributes, { theme: 'dark' });
  const updated = await sessions.update(found.session, { theme: null, size: 2 });
  assert.deepEqual(updated.session.attributes, { size: 2 });
  const rotated = await sessions.rotate({ id: session.id }, { level: 2 });
  assert.equal(rotated.session.level, 2);
  assert.equal(sessions.validate(token).state, 'none');
  assert.equal(sessions.validate(rotated.token).state, 'active');
  assert.equal(await sessions.revoke(rotated.token), true);
  assert.equal(await sessions.revoke({ id: session.id }), false);
  assert.equal(sessions.validate(rotated.token).state, 'revoked');
});

test('an id is public: as text, where a token is expected, it opens and changes nothing', async () => {
  const sessions = memory();
  const { token, session } = await sessions.create('u1');
  const other = await sessions.create('u1');
  assert.equal(sessions.validate(session.id).state, 'none');
  assert.equal(await sessions.revoke(session.id), false);
  const gone = { code: 'ERR_LATCHKEY_NOT_FOUND' };
  await assert.rejects(sessions.rotate(session.id, { level: 2 }), gone);
  await assert.rejects(sessions.update(session.id, { admin: true }), gone);
  await assert.rejects(sessions.touch(session.id), gone);
  await assert.rejects(sessions.attach(session.id, 'u2'), gone);
  await assert.rejects(sessions.revokeOthers(session.id), gone);
  assert.equal(sessions.validate(token).state, 'active');
  assert.equal(sessions.validate(other.token).state, 'active');
  assert.equal(await sessions.revoke({ id: session.id }), true);
});

test('whatever is no token opens nothing and throws nothing', () => {
  const sessions = memory();
  for (const token of [undefined, null, 5, {}, [], '', 'lk1_', 'x'.repeat(100_000), '\u{1F600}']) {
    assert.equal(sessions.validate(token).state, 'none');
  }
});

test('the clock is read in JavaScript', async (t) => {
  t.mock.timers.enable({ apis: ['Date'], now: 1_700_000_000_000 });
  const sessions = memory({ idle: '1h', absolute: '2h', lastSeenEvery: '1s' });
  const { token, session } = await sessions.create('u1');
  assert.equal(session.createdAt.getTime(), 1_700_000_000_000);
  assert.equal(session.idleExpiresAt.getTime(), 1_700_003_600_000);
  t.mock.timers.tick(3_599_999);
  assert.equal(sessions.validate(token, { touch: false }).state, 'active');
  t.mock.timers.tick(1);
  assert.equal(sessions.validate(token).state, 'expired');
});

test('the other sessions of a user end, this one stays', async () => {
  const sessions = memory();
  const kept = await sessions.create('u1');
  const other = await sessions.create('u1');
  const foreign = await sessions.create('u2');
  const { ids } = await sessions.revokeOthers(kept.token);
  assert.deepEqual(ids, [other.session.id]);
  assert.equal(sessions.validate(kept.token).state, 'active');
  assert.equal(sessions.validate(foreign.token).state, 'active');
  const page = await sessions.list('u1');
  assert.deepEqual(page.sessions.map((found) => found.id), [kept.session.id]);
});

test('a guest becomes a user under a new id and keeps what is named', async () => {
  const sessions = memory();
  const guest = await sessions.createGuest({ attributes: { cart: [1], secret: 2 } });
  assert.equal(guest.session.userId, null);
  const attached = await sessions.attach(guest.token, 'u1', { carry: ['cart'] });
  assert.notEqual(attached.session.id, guest.session.id);
  assert.deepEqual(attached.session.attributes, { cart: [1] });
  assert.equal(sessions.validate(guest.token).session, null);
});

test('every carrier works, and a stateless session is changed by its token', async () => {
  for (const carrier of ['encrypted_id', 'hybrid', 'sealed', 'signed']) {
    const secret = 'kR7vN2pQ9sT4wX1zB6dF3gH8jL5mC0aE';
    const sessions = memory({ carrier, secret, absolute: '1d', idle: '1h' });
    const { token } = await sessions.create('u1', { attributes: { a: 1 } });
    const { session } = sessions.validate(token);
    assert.equal(session.userId, 'u1', carrier);
    const updated = await sessions.update(session, { b: 2 });
    const read = sessions.validate(updated.token ?? token, { fresh: true });
    assert.deepEqual(read.session.attributes, { a: 1, b: 2 }, carrier);
    assert.equal(await sessions.revoke(updated.token ?? token), true, carrier);
    assert.equal(sessions.validate(updated.token ?? token, { fresh: true }).session, null, carrier);
  }
});

test('the cookie has the name and attributes of the public URL and is read back', async () => {
  const sessions = memory({ publicUrl: 'https://app.example' });
  const { token, session } = await sessions.create('u1');
  const cookie = sessions.setCookie(token, session);
  assert.match(cookie, /^__Host-session=lk1_[^;]+; .*HttpOnly/);
  assert.match(cookie, /Secure/);
  assert.equal(sessions.readCookie(`a=1; ${cookie.split(';')[0]}`), token);
  assert.equal(sessions.readCookie(undefined), null);
  assert.match(sessions.blankCookie(), /^__Host-session=; .*Max-Age=0/);
  assert.equal(sessions.cookie.name, '__Host-session');
});

test('one text may hold several secrets, the newest first', async () => {
  const [before, next] = ['kR7vN2pQ9sT4wX1zB6dF3gH8jL5mC0aE', 'aE0cM5lJ8hG3fD6bZ1xW4tS9qP2nV7rK'];
  const old = memory({ carrier: 'sealed', secret: before });
  const { token } = await old.create('u1');
  for (const secret of [`${next}, ${before}\n`, `${next}\n${before}`, [next, before]]) {
    assert.equal(memory({ carrier: 'sealed', secret }).validate(token).state, 'active');
  }
  assert.equal(memory({ carrier: 'sealed', secret: next }).validate(token).state, 'none');
});

test('misuse is refused with a code and a sentence', async () => {
  const refused = (options, code) =>
    assert.throws(() => memory(options).open(), { code: `ERR_LATCHKEY_${code}` });
  refused({ carrier: 'sealed' }, 'BAD_CONFIG');
  refused({ carrier: 'sealed', secret: 'short' }, 'BAD_CONFIG');
  const long = 'correcthorsebatterystaplecorrecthorse';
  for (const secret of [`${long} ${long}`, `${long}\t1`, [`${long},${long}`], [long, `a ${long}`]]) {
    assert.throws(() => new Sessions({ store: 'memory:secrets', carrier: 'sealed', secret }),
      { code: 'ERR_LATCHKEY_BAD_CONFIG', message: /a secret has no blanks/ });
  }
  refused({ publicUrl: 'http://example.com' }, 'BAD_CONFIG');
  assert.throws(() => memory({ idle: 'soon' }), { code: 'ERR_LATCHKEY_BAD_CONFIG' });
  assert.throws(() => new Sessions({ store: 'ftp:x' }).open(), { code: 'ERR_LATCHKEY_BAD_CONFIG' });
  await assert.rejects(memory().update('x'.repeat(23), {}), { code: 'ERR_LATCHKEY_NOT_FOUND' });
});

test('an SQLite file keeps its sessions over a close, and equal options share what is open', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'latchkey-npm-'));
  const store = `sqlite:${join(folder, 'app.db')}`;
  const first = new Sessions({ store });
  const { token } = await first.create('u1');
  assert.equal(new Sessions({ store }).validate(token).state, 'active');
  await first.close();
  const again = new Sessions({ store });
  assert.equal(again.validate(token).state, 'active');
  await again.close();
  rmSync(folder, { recursive: true });
});
