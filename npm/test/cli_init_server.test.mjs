// `latchkey init` in applications of Express and Hono: what it leaves runs as it is.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { request as send } from 'node:http';
import { join } from 'node:path';
import { test } from 'node:test';
import { EXPRESS, HONO, make, PROJECTS, startServer } from './support/init_server.mjs';
import { PACKAGE } from './support/project.mjs';

const PASSWORD = 'correct horse battery staple';

async function start(t, root, entry) {
  const { port, said } = await startServer(t, root, entry);
  const ask = async (path, { method = 'GET', cookie, body } = {}) => {
    const headers = {
      accept: 'text/html', 'sec-fetch-mode': 'navigate', ...(cookie && { cookie }),
      ...(body && { 'content-type': 'application/x-www-form-urlencoded' }),
      ...(method === 'POST' && { origin: `http://localhost:${port}` }),
    };
    const sent = send({ host: 'localhost', port, path, method, headers, agent: false });
    sent.end(body && new URLSearchParams(body).toString());
    const [answer] = await once(sent, 'response');
    const text = (await answer.toArray()).join('');
    const pair = (answer.headers['set-cookie'] ?? []).map((line) => line.split(';')[0]).find((line) => line.startsWith('session-'));
    return { status: answer.statusCode, location: answer.headers.location, cookie: pair, text };
  };
  return { ask, said };
}

for (const [name, parts] of Object.entries(PROJECTS)) {
  test(`${name}: init leaves pages that work`, async (t) => {
    const { root, run, read } = make(t, parts);
    const done = run('init');
    assert.equal(done.code, 0, done.err);
    assert.match(done.out, /changed {3}\S*index\.js: addAuth\(app\)/);
    assert.equal(read('.gitignore'), '/data/\n.env*.local\n');
    const { ask, said } = await start(t, root, parts[1]);

    const gate = await ask('/account');
    assert.deepEqual([gate.status, gate.location], [303, '/login']);
    const short = await ask('/signup', { method: 'POST', body: { username: 'ada"<b>', password: 'short' } });
    assert.equal(short.status, 422);
    assert.match(short.text, /role="alert"/);
    assert.ok(!short.text.includes('<b>'), 'what was typed is no HTML');
    assert.match(short.text, /name="username"[^>]*aria-invalid="true"/);
    const weak = await ask('/signup', { method: 'POST', body: { username: 'ada', password: 'short' } });
    assert.match(weak.text, /value="ada"[^]*name="password"[^>]*aria-invalid="true"/);

    const post = { username: 'ada', password: PASSWORD, next: '//evil.example', remember: 'yes' };
    const entered = await ask('/signup', { method: 'POST', body: post });
    assert.deepEqual([entered.status, entered.location], [303, '/account']);
    const again = await ask('/login', { method: 'POST', body: post });
    const account = await ask('/account', { cookie: again.cookie });
    assert.match(account.text, /Signed in as ada\./);
    assert.equal(account.text.match(/<li>/g).length, 2);
    const other = /name="id" value="([^"]+)"/.exec(account.text)[1];
    assert.equal((await ask('/account/end', { method: 'POST', cookie: again.cookie, body: { id: other } })).status, 303);
    assert.equal((await ask('/account', { cookie: entered.cookie })).status, 303, 'the other device is out');

    const wrong = await ask('/account/password', { method: 'POST', cookie: again.cookie, body: { current: 'x'.repeat(20), replacement: `${PASSWORD} 2` } });
    assert.equal(wrong.status, 422);
    const changed = await ask('/account/password', { method: 'POST', cookie: again.cookie, body: { current: PASSWORD, replacement: `${PASSWORD} 2` } });
    assert.equal(changed.status, 200);
    assert.match(changed.text, /Your password is changed/);
    const kept = changed.cookie ?? again.cookie;
    const out = await ask('/logout', { method: 'POST', cookie: kept });
    assert.deepEqual([out.status, out.location], [303, '/login']);
    assert.equal((await ask('/account', { cookie: kept })).status, 303);
    assert.equal(said(), '', 'nothing is complained of');

    const twice = run('init');
    assert.match(twice.out, /kept {6}\S*auth_pages\.js/);
    assert.match(twice.out, /kept {6}\S*index\.js/);
  });
}

const TSCONFIG = JSON.stringify({ compilerOptions: { strict: true, noEmit: true, target: 'es2022', module: 'nodenext', skipLibCheck: true, verbatimModuleSyntax: true, types: ['node'] } });

test('what init leaves in TypeScript compiles strictly', (t) => {
  const projects = [
    ['express', 'src/index.ts', `import express from 'express';\n${EXPRESS.replace('(req, res)', '(_req, res)')}`, { type: 'module' }],
    ['hono', 'src/index.ts', `import { serve } from '@hono/node-server'\nimport { Hono } from 'hono'\n${HONO}`, { type: 'module' }],
  ];
  for (const parts of projects) {
    const { root, run, read } = make(t, parts, { 'tsconfig.json': TSCONFIG });
    assert.equal(run('init').code, 0);
    const tsc = spawnSync(join(PACKAGE, 'node_modules/.bin/tsc'), ['-p', root], { encoding: 'utf8' });
    assert.equal(tsc.stdout + tsc.stderr, '', parts[0]);
    assert.match(read('src/index.ts'), /addAuth\(app\);/);
  }
});

test('an application that is made in another way is left to its author', (t) => {
  const { run, read } = make(t, ['hono', 'index.js', 'const app = makeApp();\n', { type: 'module' }]);
  assert.match(run('init').out, /change {4}your application.*\n.*import \{ addAuth \}/);
  assert.equal(read('index.js'), 'const app = makeApp();\n');
});

test('--bare leaves the pages and the application to their author', (t) => {
  const { run, read, has } = make(t, PROJECTS['Express, CommonJS']);
  assert.match(run('init', '--bare').out, /app\.use\(auth\.middleware\(\)\)/);
  assert.deepEqual([has('auth.js'), has('auth_pages.js'), has('auth_html.js')], [true, false, false]);
  assert.doesNotMatch(read('index.js'), /addAuth/);
});
