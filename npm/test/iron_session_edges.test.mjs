// A session that is too long for its cookies: each message names its own cure.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { irons } from './support/codecs.mjs';

const password = 'Gbm49ATjnqnkCCCdhV4uDBhbfnPqsCW0';
const options = { cookieName: 's', password, cookieOptions: { secure: false } };
const cookieOf = (headers) => headers.getSetCookie().map((line) => line.split(';')[0]).join('; ');

for (const [name, { getIronSession }] of Object.entries(irons)) {
  const save = async (length, more = {}, cookie = '') => {
    const headers = new Headers();
    const request = new Request('http://localhost/', { headers: { cookie } });
    const session = await getIronSession(request, headers, { ...options, ...more });
    session.text = 'x'.repeat(length);
    await session.save();
    return cookieOf(headers);
  };

  test(`${name}: what is too long says what helps, and writes nothing`, async () => {
    await assert.rejects(save(5000), /too big \(\d+ bytes\), browsers will refuse it.*`chunk: true`/);
    const cookie = await save(5000, { chunk: true });
    assert.match(cookie, /s\.0=[^;]+; s\.1=/);
    await assert.rejects(save(5000, {}, cookie), /`chunk` is not enabled here.*already stored across several cookies/);
    await assert.rejects(save(50_000, { chunk: true }), /needs \d+ cookies and the maximum is \d+/);
    await assert.rejects(save(5000, { chunk: true, cookieName: 's'.repeat(4096) }), /name and options alone take \d+ bytes/);
    const read = await getIronSession(new Request('http://localhost/', { headers: { cookie } }), new Headers(), { ...options, chunk: true });
    assert.equal(read.text.length, 5000);
  });

  test(`${name}: what is saved after an end is another session, also of a seal that had no name`, async () => {
    const ended = new Set();
    const store = { isDenied: async (name) => ended.has(name), deny: async (name) => void ended.add(name) };
    const of = (cookie, headers, more) =>
      getIronSession(new Request('http://localhost/', { headers: { cookie } }), headers, { ...options, version: 8, ...more });
    const old = await save(1);
    const headers = new Headers();
    const session = await of(old, headers);
    session.updateConfig({ ...options, version: 8, store });
    await session.destroy();
    assert.equal(ended.size, 1);
    session.userId = 'ben';
    await session.save();
    assert.equal((await of(old, new Headers(), { store })).text, undefined, 'the one before has ended');
    const cookie = cookieOf(headers).split('; ').at(-1);
    assert.equal((await of(cookie, new Headers(), { store })).userId, 'ben');
  });
}
