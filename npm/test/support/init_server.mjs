// Applications of Express and Hono in a folder of their own, in which `latchkey init` has been called.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, symlinkSync } from 'node:fs';
import { createServer } from 'node:http';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { PACKAGE, project } from './project.mjs';

const PEERS = join(PACKAGE, 'test/peers/node_modules');
export const EXPRESS = `const app = express();

app.get('/', (req, res) => res.send('home'));
app.listen(process.env.PORT);
`;
export const HONO = `const app = new Hono()

app.get('/', (c) => c.text('home'))
serve({ fetch: app.fetch, port: Number(process.env.PORT) })
`;
/** The framework, the file of the application, its text, and what package.json says. */
export const PROJECTS = {
  'Express, ES modules': ['express', 'index.js', `import express from 'express';\n${EXPRESS}`, { type: 'module' }],
  'Express, CommonJS': ['express', 'index.js', `const express = require('express');\n${EXPRESS}`, {}],
  'Hono, ES modules': ['hono', 'src/index.js',
    `import { serve } from '@hono/node-server'\nimport { Hono } from 'hono'\n${HONO}`, { type: 'module' }],
};

export function make(t, [framework, entry, text, manifest], more = {}) {
  const made = project(t, { [entry]: text, ...more }, { dependencies: { [framework]: '*', latchkey: '*' }, ...manifest });
  const link = (name, target) => {
    const path = join(made.root, 'node_modules', name);
    mkdirSync(dirname(path), { recursive: true });
    symlinkSync(target, path);
  };
  link('latchkey', PACKAGE);
  for (const name of ['express', 'hono', '@hono/node-server', '@types/express']) link(name, join(PEERS, name));
  link('@types/node', join(PACKAGE, 'node_modules/@types/node'));
  return made;
}

async function freePort() {
  const probe = createServer().listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const { port } = probe.address();
  probe.close();
  await once(probe, 'close');
  return port;
}

/** Starts the application, and ends it with the test. `said()` is all that it wrote. */
export async function startServer(t, root, entry) {
  const port = await freePort();
  const child = spawn(process.execPath, [entry], { cwd: root, env: { ...process.env, PORT: String(port) }, stdio: ['ignore', 'pipe', 'pipe'] });
  let said = '';
  child.stdout.on('data', (chunk) => (said += chunk));
  child.stderr.on('data', (chunk) => (said += chunk));
  const ended = once(child, 'exit');
  t.after(async () => {
    child.kill();
    await ended;
  });
  const url = `http://localhost:${port}`;
  for (let tries = 0; ; tries++) {
    if (child.exitCode !== null || tries > 300) throw new Error(`the application did not start:\n${said}`);
    if (await fetch(url).then(({ status }) => status === 200, () => false)) return { url, port, said: () => said };
    await sleep(100);
  }
}
