// latchkey/node and latchkey/hono at the ends of an answer: late, failed, and written in every way
// that Node.js has.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, request as ask } from 'node:http';
import { test } from 'node:test';
import { createAuth as createHonoAuth } from 'latchkey/hono';
import { createAuth } from 'latchkey/node';
import { Sessions } from 'latchkey';

const URL = 'http://localhost:3000';
const DOWN = 'redis://127.0.0.1:1';
let stores = 0;
const open = (options = {}) => createAuth({ store: `memory:node_edges${++stores}`, publicUrl: URL, ...options });
const BAD = 'session-3000=lk1_x';

// The answer of a server that has only this request.
async function answerOf(t, respond, headers = {}, path = '/') {
  const server = createServer(respond).listen(0, '127.0.0.1');
  t.after(() => server.close());
  await once(server, 'listening');
  const sent = ask({ port: server.address().port, path, method: 'POST', headers: { origin: URL, ...headers }, agent: false });
  sent.end();
  const [response] = await once(sent, 'response');
  const text = (await response.toArray()).join('');
  return { status: response.statusCode, message: response.statusMessage, headers: response.headers, text };
}
const namesOf = ({ headers }) => new Set((headers['set-cookie'] ?? []).map((line) => line.split('=')[0]));

test('begin brings its headers into the answer, now and with each change', async (t) => {
  const auth = open();
  const written = [];
  const { status, headers } = await answerOf(t, async (request, response) => {
    const session = await auth.begin(request, response);
    written.push(response.getHeader('cache-control'), response.getHeader('set-cookie'));
    await session.logInUser('ada');
    response.end();
  });
  assert.deepEqual([status, written], [200, ['private, no-store', undefined]]);
  assert.match(headers['set-cookie'].join(), /session-3000=lk1_/);
});

test('an answer that has begun takes no cookie, and says so', async (t) => {
  const auth = open();
  const codes = [];
  await answerOf(t, async (request, response) => {
    const early = await auth.begin(request, response);
    response.flushHeaders();
    const late = await auth.begin(request, response, { mayWrite: true });
    for (const session of [early, late]) await session.startGuest().catch(({ code }) => codes.push(code));
    response.end();
  });
  assert.deepEqual(codes, ['ERR_LATCHKEY_HEADERS_SENT', 'ERR_LATCHKEY_HEADERS_SENT']);
});

test('what is passed with the status is joined with ours, in every form Node.js takes', async (t) => {
  const auth = open();
  for (const [given, message] of [
    [{ 'Set-Cookie': ['theme=dark', 'size=2'], Vary: 'accept', 'Cache-Control': 'public', 'X-None': undefined }],
    [['Set-Cookie', 'theme=dark', 'set-cookie', 'size=2', 'Vary', 'accept', 'Cache-Control', 'public'], 'Fine'],
    [[['Set-Cookie', 'theme=dark'], ['SET-COOKIE', 'size=2'], ['Vary', 'accept'], ['Cache-Control', 'public']]]]) {
    const handler = auth.withAuth((_, response) => {
      response.writeHead(201, ...(message ? [message] : []), given);
      response.end();
    }, { page: true });
    const answer = await answerOf(t, handler, { cookie: BAD });
    assert.deepEqual([answer.status, answer.message], [201, message ?? 'Created']);
    assert.deepEqual(namesOf(answer), new Set(['theme', 'size', 'session-3000']));
    assert.equal(answer.headers['cache-control'], 'private, no-store');
    assert.equal(answer.headers.vary.toLowerCase(), 'accept, cookie');
    assert.equal('x-none' in answer.headers, false);
  }
  const bare = await answerOf(t, auth.withAuth((_, response) => response.writeHead(204).end()), { cookie: BAD });
  assert.deepEqual([bare.status, bare.headers['cache-control']], [204, 'private, no-store']);
});

test('a store that fails is told by errors(), nobody else, and only while it can be', async (t) => {
  const auth = open({ store: DOWN });
  const passed = [];
  const fail = async (request, response, error) => auth.errors()(error, request, response, (e) => {
    passed.push(e);
    response.end();
  });
  const lost = await auth.sessions.validateAsync(`lk1_${'a'.repeat(23)}_${'b'.repeat(43)}`).catch((error) => error);
  const told = await answerOf(t, (request, response) => fail(request, response, lost));
  assert.deepEqual([told.status, JSON.parse(told.text).code], [503, 'store_unavailable']);
  assert.ok(told.headers['retry-after']);
  const mine = new RangeError('mine');
  await answerOf(t, (request, response) => fail(request, response, mine));
  await answerOf(t, (request, response) => {
    response.flushHeaders();
    return fail(request, response, lost);
  });
  assert.deepEqual(passed, [mine, lost]);
  const handled = await answerOf(t, open().withAuth(() => { throw lost; }));
  assert.equal(handled.status, 503);
  // Half an answer is no answer.
  const half = open().withAuth((_, response) => {
    response.writeHead(200, { 'content-length': 9 });
    response.flushHeaders();
    throw lost;
  });
  await assert.rejects(answerOf(t, half), { code: 'ECONNRESET' });
});

test('requireUser stands after middleware(), and leads back to the whole path', async (t) => {
  const auth = open();
  const failed = [];
  auth.requireUser()({}, {}, (error) => failed.push(error));
  assert.deepEqual(failed.map(({ code }) => code), ['ERR_LATCHKEY_BAD_CONFIG']);
  const walk = (request, response) => {
    Object.assign(request, { originalUrl: `/app${request.url}`, url: '/' });
    auth.middleware({ page: true })(request, response, () =>
      auth.requireUser()(request, response, () => response.end('in')));
  };
  const sent = await answerOf(t, walk, {}, '/training?week=2');
  assert.deepEqual([sent.status, sent.text], [303, '']);
  assert.match(sent.headers.location, /^\/login/);
});

// What latchkey/hono uses of a context.
function contextOf(headers = {}) {
  const kept = new Map();
  return {
    req: { raw: new Request(`${URL}/`, { headers }) },
    res: new Response('home', { headers: { 'set-cookie': 'theme=dark' } }),
    get: (name) => kept.get(name), set: (name, value) => void kept.set(name, value),
  };
}

test('hono: answers that cannot be changed, errors that Hono keeps, a guard out of place', async () => {
  const auth = createHonoAuth({ store: `memory:node_edges${++stores}`, publicUrl: URL });
  const page = { cookie: BAD, accept: 'text/html', 'sec-fetch-mode': 'navigate' };
  const moved = contextOf(page);
  await auth.middleware()(moved, () => void (moved.res = Response.redirect(`${URL}/other`)));
  assert.deepEqual([moved.res.status, moved.res.headers.get('location')], [302, `${URL}/other`]);
  assert.match(moved.res.headers.getSetCookie().join(), /session-3000=;/);
  await assert.rejects(moved.get('auth').startGuest(), { code: 'ERR_LATCHKEY_HEADERS_SENT' });

  const down = new Sessions({ store: DOWN });
  const lost = await down.validateAsync(`lk1_${'a'.repeat(23)}_${'b'.repeat(43)}`).catch((error) => error);
  const failed = contextOf();
  await auth.middleware()(failed, () => void (failed.error = lost));
  assert.deepEqual([failed.res.status, (await failed.res.json()).code], [503, 'store_unavailable']);
  const mine = contextOf();
  await auth.middleware()(mine, () => void (mine.error = new RangeError('mine')));
  assert.equal(await mine.res.text(), 'home');
  assert.deepEqual(mine.res.headers.getSetCookie(), ['theme=dark']);

  await assert.rejects(auth.requireUser()(contextOf(), () => assert.fail()), { code: 'ERR_LATCHKEY_BAD_CONFIG' });
  const nobody = contextOf();
  let went = 0;
  await auth.middleware()(nobody, () => {});
  const refused = await auth.requireUser()(nobody, () => went++);
  assert.deepEqual([refused.status, went], [401, 0]);
});
