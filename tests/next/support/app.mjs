// Starts and stops the training application on a free port with a database of its own.
import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

export const APP = process.env.LATCHKEY_NEXT_APP ??
  fileURLToPath(new URL('../../../examples/next-training/', import.meta.url));
const MODE = process.env.LATCHKEY_NEXT_MODE ?? 'start';

export async function freePort() {
  const probe = createServer().listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const { port } = probe.address();
  probe.close();
  await once(probe, 'close');
  return port;
}

const command = (folder, port, mode) => (mode === 'standalone'
  ? [join(folder, 'server.js')]
  : [join(folder, 'node_modules/next/dist/bin/next'), ...mode.split(' '), '-p', String(port),
    '-H', '127.0.0.1']);

/**
 * Starts the application; `env` shortens lives and the like. It runs when the path `ready` answers
 * 200, or when the function `ready` says so.
 */
export async function startApp(env = {}, { folder = APP, ready = '/api/session', mode = MODE } = {}) {
  const data = await mkdtemp(join(tmpdir(), 'latchkey-next-'));
  const port = await freePort();
  const url = `http://localhost:${port}`;
  const child = spawn(process.execPath, command(folder, port, mode), {
    cwd: folder,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: {
      ...process.env, PORT: String(port), HOSTNAME: '127.0.0.1', LATCHKEY_PUBLIC_URL: url,
      NEXT_TELEMETRY_DISABLED: '1', LATCHKEY_STORE: `sqlite:${join(data, 'training.db')}`,
      SESSION_SECRET: randomBytes(32).toString('base64'), ...env,
    },
  });
  const app = { url, port, data, log: '', stop };
  child.stdout.on('data', (chunk) => (app.log += chunk));
  child.stderr.on('data', (chunk) => (app.log += chunk));
  const ended = once(child, 'exit');

  async function stop() {
    child.kill('SIGTERM');
    const late = setTimeout(() => child.kill('SIGKILL'), 5000);
    await ended;
    clearTimeout(late);
    await rm(data, { recursive: true, force: true });
    if (/⨯|Unhandled/.test(app.log)) throw new Error(`the application complained:\n${app.log}`);
  }

  for (let tries = 0; tries < 300; tries++) {
    if (child.exitCode !== null) throw new Error(`the application did not start:\n${app.log}`);
    const runs = typeof ready === 'function'
      ? ready(app)
      : await fetch(url + ready).then(({ status }) => status === 200, () => false);
    if (runs) return app;
    await sleep(100);
  }
  child.kill('SIGKILL');
  throw new Error(`the application was not ready in 30 s:\n${app.log}`);
}
