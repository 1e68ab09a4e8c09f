// Starts and stops `latchkey serve` on a free port with a data directory of its own.
// The server takes the port itself: one looked up beforehand may be taken by then.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('../../../', import.meta.url));
const PROGRAM = process.env.LATCHKEY_PROGRAM ?? join(ROOT, 'build/release/latchkey');

const STOP_LIMIT = 15_000;

/**
 * Starts a server; `publicUrl` is given when a proxy stands in front of it. `settings(folder)` returns
 * further ones, of which `folder` may hold files. With `folder` given it is that one, which is kept
 * when the server stops.
 */
export async function startServer({ publicUrl, folder, settings = () => ({}) } = {}) {
  const data = folder ?? (await mkdtemp(join(tmpdir(), 'latchkey-browser-')));
  const flags = ['serve', '--listen', '127.0.0.1:0', '--data', join(data, 'data')];
  for (const [key, value] of Object.entries(settings(data))) flags.push('--set', `${key}=${value}`);
  if (publicUrl) flags.push('--public-url', publicUrl);
  const child = spawn(PROGRAM, flags, { stdio: ['ignore', 'pipe', 'pipe'] });
  const server = { port: 0, url: publicUrl, data: join(data, 'data'), folder: data, log: '', stop };
  child.stdout.on('data', (chunk) => (server.log += chunk));
  child.stderr.on('data', (chunk) => (server.log += chunk));
  const ended = once(child, 'exit');

  async function stop() {
    child.kill('SIGTERM');
    const late = setTimeout(() => child.kill('SIGKILL'), STOP_LIMIT);
    const [code, signal] = await ended;
    clearTimeout(late);
    if (!folder) await rm(data, { recursive: true, force: true });
    if (code !== 0) throw new Error(`the server ended with ${code ?? signal}:\n${server.log}`);
  }

  for (let tries = 0; tries < 200; tries++) {
    if (child.exitCode !== null) throw new Error(`the server did not start:\n${server.log}`);
    server.port = Number(server.log.match(/"listen":"127\.0\.0\.1:(\d+)"/)?.[1] ?? 0);
    if (server.port) {
      server.url ??= `http://localhost:${server.port}`;
      return server;
    }
    await sleep(50);
  }
  child.kill('SIGKILL');
  throw new Error(`the server was not ready in 10 s:\n${server.log}`);
}
