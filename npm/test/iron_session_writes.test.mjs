// Several writes to one response: the last one counts, and nothing is left of those before it (N7).
import assert from 'node:assert/strict';
import { ServerResponse } from 'node:http';
import { test } from 'node:test';
import { Choices, seed } from './support/choices.mjs';
import { Browser } from './support/browser.mjs';
import { irons } from './support/codecs.mjs';

const password = 'Gbm49ATjnqnkCCCdhV4uDBhbfnPqsCW0';
const base = { cookieName: 's', password, chunk: true, cookieOptions: { secure: false } };
const FOREIGN = ['theme=dark; Path=/', 'lang=de; Path=/; HttpOnly', 's.x=1', 'sx=2; Path=/'];

// Where a session is written to: how to open one, the lines so far, and whether lines of one name
// are the place's own business.
const node = (foreign) => (iron, browser) => {
  const response = new ServerResponse({ method: 'GET' });
  foreign(response);
  const request = { headers: { cookie: browser.header() } };
  return {
    open: (options) => iron.getIronSession(request, response, options),
    lines: () => [response.getHeader('set-cookie') ?? []].flat(),
  };
};
const web = (make, wrap = (iron, request, response) => [request, response]) => (iron, browser) => {
  const response = make();
  const headers = response.headers ?? response;
  for (const line of FOREIGN) headers.append('set-cookie', line);
  const request = new Request('http://localhost/', { headers: { cookie: browser.header() } });
  return {
    open: (options) => iron.getIronSession(...wrap(iron, request, response), options),
    lines: () => headers.getSetCookie(),
  };
};
// A store as that of Next.js: a cookie is set once in a response.
const store = (reflects) => (iron, browser) => {
  const written = new Map();
  const now = new Map(browser.pairs());
  const cookies = {
    get: (name) => (now.has(name) ? { name, value: now.get(name) } : undefined),
    getAll: () => [...now].map(([name, value]) => ({ name, value })),
    set: (name, value, options) => {
      written.set(name, Browser.line(name, value, options));
      if (reflects) now.set(name, value);
    },
  };
  return {
    open: (options) => iron.getIronSession(cookies, options),
    lines: () => [...written.values()],
  };
};
const jar = (replaces) => (iron, browser) => {
  let lines = [];
  const own = {
    read: (name) => browser.pairs().find(([one]) => one === name)?.[1],
    write: (name, value, options) => {
      if (replaces) lines = lines.filter((line) => !line.startsWith(`${name}=`));
      lines.push(Browser.line(name, value, options));
    },
  };
  return { open: (options) => iron.getIronSession(own, options), lines: () => lines };
};

const PLACES = {
  Response: web(() => new Response('body')),
  Headers: web(
    () => new Headers(),
    (iron, request, headers) => [iron.webCookies(request, headers)],
  ),
  'ServerResponse with an array': node((response) => response.setHeader('Set-Cookie', FOREIGN)),
  'ServerResponse with text': node((response) => response.setHeader('Set-Cookie', FOREIGN[0])),
  'ServerResponse with appended lines': node((response) =>
    FOREIGN.forEach((line) => response.appendHeader('Set-Cookie', line)),
  ),
  'cookies() of Next.js': store(true),
  'a store that shows the request only': store(false),
  'a jar that replaces': jar(true),
  'a jar that appends': jar(false),
};
const APPENDS = 'a jar that appends';

const foreignOf = (lines) => lines.filter((line) => FOREIGN.includes(line));
const BIG = 'A'.repeat(5000);
const BIGGER = 'B'.repeat(9000);

// play runs `steps` on one response and returns what the next request finds.
async function play(iron, place, steps, browser = new Browser()) {
  const here = place(iron, browser);
  const before = foreignOf(here.lines());
  await steps(await here.open(base), here);
  browser.take(here.lines());
  assert.deepEqual(foreignOf(here.lines()), before, 'lines of others stay');
  const request = new Request('http://localhost/', { headers: { cookie: browser.header() } });
  return [await iron.getIronSession(request, new Response(), base), here.lines()];
}

function assertOneLineEach(lines) {
  const names = lines.map((line) => line.split('=', 1)[0]);
  assert.deepEqual(names, [...new Set(names)]);
}

for (const [where, place] of Object.entries(PLACES)) {
  for (const [name, iron] of Object.entries(irons)) {
    test(`destroy after save leaves nobody signed in, ${where}, ${name}`, async () => {
      const [session, lines] = await play(iron, place, async (s) => {
        Object.assign(s, { userId: 'u', cart: BIG });
        await s.save();
        await s.destroy();
      });
      assert.deepEqual({ ...session }, {});
      if (where !== APPENDS) assertOneLineEach(lines);
    });

    test(`a session that grows and shrinks is the last one, ${where}, ${name}`, async () => {
      for (const sizes of [['', BIG], [BIG, ''], [BIGGER, BIG], [BIG, BIGGER, ''], ['', BIG, '']]) {
        const [session, lines] = await play(iron, place, async (s) => {
          for (const cart of sizes) {
            s.cart = cart;
            await s.save();
          }
        });
        assert.deepEqual({ ...session }, { cart: sizes.at(-1) });
        if (where !== APPENDS) assertOneLineEach(lines);
      }
    });

    test(`sessions of one response know what the others wrote, ${where}, ${name}`, async () => {
      const [session] = await play(iron, place, async (s, here) => {
        Object.assign(s, { userId: 'u', cart: BIG });
        await s.save();
        await (await here.open(base)).destroy();
      });
      assert.deepEqual({ ...session }, {});
    });
  }
}

for (const [name, iron] of Object.entries(irons)) {
  test(`writes that overlap are written in the order they began, ${name}`, async () => {
    const [ended] = await play(iron, PLACES.Response, async (s) => {
      s.userId = 'u';
      const saving = s.save();
      await s.destroy();
      await saving;
    });
    assert.deepEqual({ ...ended }, {}, 'a save that was not awaited does not undo a log-out');
    const [session] = await play(iron, PLACES.Response, async (s) => {
      const saves = [BIGGER, BIG, 'small'].map((cart) => {
        s.cart = cart;
        return s.save();
      });
      await Promise.all(saves);
    });
    assert.deepEqual({ ...session }, { cart: 'small' });
  });

  test(`a save that is refused leaves what was written before, ${name}`, async () => {
    const [session] = await play(iron, PLACES.Response, async (s) => {
      s.cart = 'kept';
      await s.save();
      s.cart = 'C'.repeat(20_000);
      await assert.rejects(s.save(), /maximum is 4/);
    });
    assert.equal(session.cart, 'kept');
  });

  test(`version 8 has one line for a cookie, too, ${name}`, async () => {
    const response = new Response();
    const request = new Request('http://localhost/');
    const s = await iron.getIronSession(request, response, { ...base, version: 8 });
    s.userId = 'u';
    await s.save();
    s.destroy();
    s.userId = 'v';
    await s.save();
    assertOneLineEach(response.headers.getSetCookie());
  });
}

// A random program: what it does to one response, and what has to be left of it.
const CONFIGS = [
  base,
  { ...base, ttl: 100 },
  { ...base, chunk: false },
  { ...base, cookieName: 't' },
  { ...base, cookieOptions: { secure: false, path: '/app' } },
  { ...base, cookieOptions: { secure: false, domain: 'localhost.example' } },
];

async function playRandomly(choices, here, counter) {
  const written = { last: undefined, config: base };
  let [session, config] = [await here.open(base), base];
  for (let n = choices.below(9) + 1; n > 0; n--) {
    switch (choices.below(7)) {
      case 0:
        await session.destroy();
        Object.assign(written, { last: null, config });
        [session, config] = [await here.open(base), base];
        break;
      case 1:
        session.updateConfig((config = choices.pick(CONFIGS)));
        break;
      default: {
        session.n = ++counter.n;
        session.cart = 'x'.repeat(choices.pick([0, 3000, 5000, 9000, 14_000]));
        const saved = await session.save().then(
          () => true,
          () => false,
        );
        if (saved) Object.assign(written, { last: session.n, config });
      }
    }
  }
  return written;
}

for (const [where, place] of Object.entries(PLACES)) {
  test(`of random writes the last one counts, ${where}`, async () => {
    const iron = irons.WebCrypto;
    const choices = new Choices(`writes ${where}`);
    for (let i = 0; i < 25; i++) {
      const browser = new Browser('/app/page', 'localhost.example');
      const counter = { n: 0 };
      for (let request = 0; request < 3; request++) {
        const what = `LATCHKEY_SEED=${seed}, program ${i}, request ${request}`;
        const before = counter.n;
        const here = place(iron, browser);
        const { last, config } = await playRandomly(choices, here, counter);
        browser.take(here.lines());
              if (where !== APPENDS) assertOneLineEach(here.lines());
        if (last === undefined) continue;
        const found = await numbersIn(iron, browser, config);
        // What the browser had under another name or path before is not this response's.
        const fromHere = found.filter((n) => n > before);
        assert.deepEqual(fromHere, last === null ? [] : [last], what);
      }
    }
  });
}

// The sessions that open, under whatever name and wherever they are.
async function numbersIn(iron, browser) {
  const found = new Set();
  for (const cookieName of ['s', 't']) {
    for (const header of browser.headers()) {
      const request = new Request('http://localhost/', { headers: { cookie: header } });
      const session = await iron.getIronSession(request, new Response(), { ...base, cookieName });
      if (session.n !== undefined) found.add(session.n);
    }
  }
  return [...found];
}
