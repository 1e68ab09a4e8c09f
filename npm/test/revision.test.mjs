// A changed attribute reaches the other tabs of a browser, whatever holds the session.
import { during } from './support/fake_next.mjs';
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createSessionStore } from 'latchkey/client';
import { signIn } from 'latchkey/testing';
import { FakeBrowser } from './support/fake_browser.mjs';
import { make } from './support/next_sessions.mjs';

/** A browser whose tabs share a cookie and ask the route handlers of `sessions`. */
async function browserOf(sessions) {
  const { cookieHeader } = await signIn(sessions, 'ada');
  const server = {
    cookie: cookieHeader,
    asked: [],
    async answer(path) {
      this.asked.push(path);
      const { value } = await during('handler', { cookie: this.cookie },
        () => sessions.handlers.GET(new Request(`http://localhost:3000${path}`)));
      return value;
    },
    /** What a Server Action does, beginning with the cookie that the tab has sent. */
    async change(attributes, cookie = this.cookie) {
      const { written, error } = await during('action', { cookie }, () => sessions.updateSession(attributes));
      assert.equal(error, undefined);
      for (const { name, value } of written) this.cookie = `${name}=${value}`;
      return this.cookie;
    },
  };
  const browser = new FakeBrowser(server);
  const open = async () => {
    const store = createSessionStore({ environment: browser.tab().environment });
    await store.check();
    return store;
  };
  return { server, open };
}

const withUser = (server) => server.asked.filter((path) => path.includes('user=1')).length;

for (const config of [
  { carrier: 'stored' }, { carrier: 'encrypted_id' }, { carrier: 'hybrid' },
  { carrier: 'hybrid', sealFormat: 2 }, { carrier: 'signed' }, { carrier: 'sealed' },
  { carrier: 'sealed', sealFormat: 2 },
]) {
  const ordered = config.carrier !== 'sealed' || config.sealFormat === 2;
  const name = `${config.carrier}${config.sealFormat ? ', seal format 2' : ''}`;

  test(`${name}: a changed attribute is another revision in every tab`, async () => {
    const { server, open } = await browserOf(make(config));
    const [one, two] = [await open(), await open()];
    let known = two.getSnapshot().data.revision;
    assert.equal(typeof known, 'number');
    for (const theme of ['dark', 'light', 'dark']) {
      await server.change({ theme });
      const asked = withUser(server);
      await two.check();
      const { revision, version } = two.getSnapshot().data;
      assert.notEqual(revision, known);
      if (ordered) assert.ok(revision > known, `${revision} > ${known}`);
      assert.equal(version, revision, 'the name it had before');
      assert.equal(withUser(server), asked + 1, 'the data of the user are read again');
      known = revision;
    }
    await two.check();
    assert.equal(two.getSnapshot().data.revision, known, 'nothing changed, nothing grows');
    await one.check();
    assert.equal(one.getSnapshot().data.revision, known, 'one session has one revision');
  });

  test(`${name}: of two tabs that change at once, both hear which change is there`, async () => {
    const { server, open } = await browserOf(make(config));
    const [one, two] = [await open(), await open()];
    const sent = server.cookie;
    const first = await server.change({ theme: 'dark' }, sent);
    await one.check();
    const second = await server.change({ theme: 'light' }, sent);
    // The answer that came last counts, and of two that come together it may be either.
    server.cookie = second;
    await one.check();
    await two.check();
    const { revision } = one.getSnapshot().data;
    assert.equal(two.getSnapshot().data.revision, revision);
    server.cookie = first;
    await two.check();
    if (['signed', 'sealed'].includes(config.carrier)) {
      assert.notEqual(two.getSnapshot().data.revision, revision, 'the other change is there');
    }
  });
}
