// The seals and cookie scenarios of tests/vectors/sealed.json, with the outcome of iron-session 8
// and 9, over the native core and over WebCrypto.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { freeze, irons, readVectors, revive } from './support/codecs.mjs';
import { fakeResponse } from './support/http.mjs';

const vectors = readVectors('sealed.json');

// Strict canonical base64url, own properties only, and no plaintext that is empty.
const STRICTER = new Set(['S134', 'S135', 'S149', 'S169', 'S170']);

// Here nothing inherited is a password: such an id is unknown, and not a reason to throw.
const isPrototypeId = ({ seal }) => /^Fe26\.2\*(__proto__|toString|constructor)\*/.test(seal);

const isText = (password) => typeof password === 'string';

// passwordMap names a single password as the seal does; nothing for what only the core's tests can
// use, such as raw keys.
function passwordMap({ password, seal, layer }) {
  if (layer === 'iron-session') return password;
  if (isText(password)) return { [seal.split('*')[1] || 'default']: password };
  const secrets = Object.entries(password).map(([id, entry]) => [id, entry?.secret ?? entry]);
  return secrets.every(([id, entry]) => isText(entry) && id !== '$hex')
    ? Object.fromEntries(secrets)
    : undefined;
}

async function unseal(iron, item, version) {
  let told;
  const value = await iron
    .unsealData(item.seal, {
      password: passwordMap(item),
      version,
      onUnsealError: (reason, error) => (told = { reason, message: error.message }),
    })
    .catch((error) => ({ thrown: error.message }));
  return { value, told };
}

const usable = vectors.cases.filter((item) => passwordMap(item) && !item.options);

for (const [name, iron] of Object.entries(irons)) {
  test(`seals open as the peers open them, ${name}`, async (t) => {
    assert.ok(usable.length > 125);
    for (const item of usable) {
      freeze(t, item.clock);
      const { value, told } = await unseal(iron, item, 9);
      const fine = item.expected.outcome === 'ok' && !item.expected.reason;
      if (fine && !STRICTER.has(item.id)) {
        assert.deepEqual(value, item.expected.value ?? {}, item.id);
        assert.equal(told, undefined, item.id);
      } else {
        assert.deepEqual(value, {}, item.id);
        assert.ok(told, item.id);
      }
      if (item.expected.reason && !isPrototypeId(item)) {
        assert.equal(told.reason, item.expected.reason, item.id);
      }
    }
  });

  test(`seals that do not open are named as iron-webcrypto names them, ${name}`, async (t) => {
    const OTHER_WORDS = /^(Empty password|Invalid character|The operation failed|Failed parsing)/;
    for (const item of usable.filter(({ expected }) => expected.error)) {
      freeze(t, item.clock);
      const { told } = await unseal(iron, item, 9);
      if (OTHER_WORDS.test(item.expected.error) || item.group === 'malformed-inside') continue;
      assert.equal(told.message, item.expected.error, `${item.id} ${item.note}`);
    }
  });

  test(`version 8 unwraps and throws as iron-session 8 does, ${name}`, async (t) => {
    for (const item of usable.filter(({ layer }) => layer === 'iron-session')) {
      freeze(t, item.clock);
      const old = item.peers['iron-session@8.0.4'];
      const { value } = await unseal(iron, item, 8);
      if (STRICTER.has(item.id) || isPrototypeId(item)) continue;
      if (old.outcome === 'ok') assert.deepEqual(value, old.value, item.id);
      else assert.ok(value.thrown, `${item.id} throws`);
    }
  });

  for (const version of [8, 9]) {
    test(`cookie scenarios go as with iron-session ${version}, ${name}`, async (t) => {
      const peer = version === 8 ? 'iron-session@8.0.4' : 'iron-session@9.0.1';
      // C40 is about NaN, which its JSON could not hold; iron_session_peers.test.mjs has it.
      for (const item of vectors.cookieCases.filter(({ id }) => id !== 'C40')) {
        freeze(t, item.clock);
        const outcome = await play(iron, item, version);
        const expected = revive(item.expected[peer]);
        // A response has one line for each cookie here (N7).
        if (['C21', 'C22'].includes(item.id)) expected.setCookies?.shift();
        assert.deepEqual(outcome, expected, `${item.id} ${item.note}`);
      }
    });
  }
}

function shorten(lines) {
  return lines.map((line) =>
    line
      .replace(/=Fe26\.2\*[^;]*/, (seal) => `=<seal:${seal.length - 1}>`)
      .replace(
        /^(\w+\.\d)=([\w*~-]{100,});/,
        (_, name, chunk) => `${name}=<chunk:${chunk.length}>;`,
      ),
  );
}

async function act(session, action) {
  if (action === 'save') return session.save();
  if (action === 'destroy') return session.destroy();
  if (action.updateConfig) return session.updateConfig(action.updateConfig);
  return Object.assign(session, action.set);
}

// A cookie store that notes what is set, as a Set-Cookie line without the attributes' order.
function fakeStore(incoming) {
  const set = [];
  return {
    set: (name, value, options) => set.push([name, value, options]),
    get: (name) => (name in incoming ? { name, value: incoming[name] } : undefined),
    lines: set,
  };
}

async function play(iron, item, version) {
  const options = { ...revive(item.options), version };
  const header = Object.entries(item.incoming)
    .map(([name, value]) => `${name}=${value}`)
    .join('; ');
  const response = fakeResponse();
  const store = fakeStore(item.incoming);
  try {
    const session =
      item.mode === 'store'
        ? await iron.getIronSession(store, options)
        : await iron.getIronSession({ headers: { cookie: header } }, response, options);
    Object.assign(session, revive(item.data));
    for (const action of item.actions) await act(session, action);
    return { outcome: 'ok', setCookies: shorten(response.lines()), dataAfter: { ...session } };
  } catch (error) {
    return { outcome: 'error', error: error.message };
  }
}
