// What latchkey/iron-session refuses, in which order, and with which words (N8, N15, P-D1).
import assert from 'node:assert/strict';
import { test } from 'node:test';
import vm from 'node:vm';
import { irons } from './support/codecs.mjs';

const password = 'Gbm49ATjnqnkCCCdhV4uDBhbfnPqsCW0';
const options = { cookieName: 'sid', password };
const BAD_OPTIONS = [
  [{}, /Missing cookie name/],
  [{ cookieName: 'sid' }, /Missing password/],
  [{ cookieName: 'sid', password: '' }, /Missing password/],
  [{ cookieName: 'sid', password: 'x'.repeat(31) }, /at least 32 characters/],
  [{ cookieName: 'sid', password: { 1: 'short' } }, /at least 32 characters/],
];

// inAnotherRealm makes a value as JSON.parse of an edge runtime does.
const inAnotherRealm = (code) => vm.runInNewContext(`(${code})`);

for (const [name, iron] of Object.entries(irons)) {
  for (const version of [9, 8]) {
    test(`options are checked before the request, version ${version}, ${name}`, async () => {
      for (const [given, message] of BAD_OPTIONS) {
        const bad = { ...given, version };
        for (const request of [{}, { headers: {} }, 5, 'text', []]) {
          await assert.rejects(iron.getIronSession(request, {}, bad), message);
        }
        const store = { get: () => assert.fail('it was read'), set: () => {} };
        await assert.rejects(iron.getIronSession(store, bad), message);
      }
    });

    test(`what is no request is bad usage, version ${version}, ${name}`, async () => {
      for (const request of [{}, { headers: null }, 5, 'text']) {
        const opening = iron.getIronSession(request, {}, { ...options, version });
        await assert.rejects(opening, /Bad usage.*the request has no headers/);
      }
      const request = { headers: {} };
      const reading = await iron.getIronSession(request, {}, { ...options, version });
      assert.deepEqual({ ...reading }, {}, 'who only reads needs no response');
      await assert.rejects(reading.save(), /Bad usage.*neither headers\.append nor setHeader.*request\.raw/);
    });

    test(`sealData and unsealData need a password, version ${version}, ${name}`, async () => {
      for (const bad of [undefined, null, 'text']) {
        await assert.rejects(iron.sealData({}, bad), /Bad usage\. Options are missing/);
        await assert.rejects(iron.unsealData('Fe26.2*', bad), /Bad usage\. Options are missing/);
      }
      for (const none of [undefined, null]) {
        const bad = { password: none, version };
        await assert.rejects(iron.sealData(() => {}, bad), /Bad usage\. Missing password/);
        await assert.rejects(iron.unsealData(undefined, bad), /Bad usage\. Missing password/);
      }
      for (const seal of [undefined, null, 5, {}, []]) {
        const opening = iron.unsealData(seal, { password, version });
        await assert.rejects(opening, /Bad usage\. unsealData opens the text of a seal/);
      }
    });
  }

  test(`a store whose get() returns text is bad usage, and told how to do it, ${name}`, async () => {
    const store = { get: () => 'text', getAll: () => [], set: () => {} };
    for (const version of [9, 8]) {
      await assert.rejects(iron.getIronSession(store, { ...options, version }), (error) => {
        assert.match(error.message, /^iron-session: Bad usage: /);
        assert.match(error.message, /read: \(name\) => store\.get\(name\).*request\.raw and reply\.raw/);
        return true;
      });
    }
    const texts = new Map();
    const jar = { read: (one) => texts.get(one), write: (one, value) => texts.set(one, value) };
    const session = await iron.getIronSession(jar, options);
    session.userId = 'u1';
    await session.save();
    assert.equal((await iron.getIronSession(jar, options)).userId, 'u1');
  });

  test(`plain objects of another realm are sealed, ${name}`, async () => {
    const sealed = inAnotherRealm('{ id: 1, tags: ["a", [{}]], none: null, deep: { a: { b: [] } } }');
    const seal = await iron.sealData({ user: sealed, list: [sealed.tags] }, { password });
    assert.deepEqual(await iron.unsealData(seal, { password }), {
      user: { id: 1, tags: ['a', [{}]], none: null, deep: { a: { b: [] } } },
      list: [['a', [{}]]],
    });
    const bare = await iron.sealData({ bare: inAnotherRealm('Object.create(null)') }, { password });
    assert.deepEqual(await iron.unsealData(bare, { password }), { bare: {} });
    const whole = await iron.sealData(sealed, { password });
    assert.equal((await iron.unsealData(whole, { password })).id, 1);
  });

  test(`what does not survive JSON is named, of whatever realm, ${name}`, async () => {
    class Cart {}
    const cycle = { a: {} };
    cycle.a.b = cycle;
    const refused = {
      'session.at is a Date': { at: new Date(0) },
      'session.user.seen[1] is a Date': { user: { seen: [1, new Date(0)] } },
      'session.far.at is a Date': { far: { at: inAnotherRealm('new Date(0)') } },
      'session.far is a Map': { far: inAnotherRealm('new Map()') },
      'session.far is a Set': { far: inAnotherRealm('new Set()') },
      'session.far is a Cart': { far: inAnotherRealm('new (class Cart {})()') },
      'session.far.n is a bigint': { far: inAnotherRealm('{ n: 1n }') },
      'session.cart is a Cart': { cart: new Cart() },
      'session.own is an object with a prototype of its own': { own: Object.create({ inherited: 1 }) },
      'session.list[0] is undefined': { list: [undefined] },
      'session.list[1] is undefined': { list: [1, , 2] }, // eslint-disable-line no-sparse-arrays
      'session.n is NaN': { n: NaN },
      'session.f is a function': { f: () => 1 },
      'session.hidden is an object with hidden members': { hidden: { [Symbol('s')]: 1 } },
      'session.a.b is part of itself': cycle,
      'session.a.b.c.d.e.f.g is a Date': { a: { b: { c: { d: { e: { f: { g: new Date(0) } } } } } } },
    };
    for (const [named, data] of Object.entries(refused)) {
      await assert.rejects(iron.sealData(data, { password }), (error) => {
        assert.ok(error.message.includes(`(${named})`), `${named}: ${error.message}`);
        return true;
      });
    }
  });

  test(`a response of another realm is written to by what it can do, ${name}`, async () => {
    const lines = [];
    const headers = { append: (_, line) => lines.push(line), get: () => null };
    const request = { headers: { get: () => null } };
    for (const response of [{ headers }, headers]) {
      const session = await iron.getIronSession(request, response, options);
      session.userId = 'u1';
      await session.save();
    }
    assert.equal(lines.length, 2);
    const express = { append: () => assert.fail(), getHeader: () => undefined, setHeader: (_, all) => lines.push(...all) };
    const session = await iron.getIronSession({ headers: {} }, express, options);
    await session.save();
    assert.equal(lines.length, 3);
  });
}
