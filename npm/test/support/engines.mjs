// A real Redis and a real PostgreSQL on Unix sockets, in scratch directories, for one file of tests.
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chownSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

const WAIT = 30_000;

async function until(ready, what) {
  for (const late = Date.now() + WAIT; Date.now() < late; await sleep(50)) if (ready()) return;
  throw new Error(`${what} did not start`);
}

const works = (file, args, options = {}) => {
  try {
    execFileSync(file, args, { stdio: 'pipe', ...options });
    return true;
  } catch {
    return false;
  }
};

async function freePort() {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address();
  server.close();
  await once(server, 'close');
  return port;
}

// Daemon is a program that is ended by its own pid.
class Daemon {
  constructor(file, args, options = {}) {
    this.child = spawn(file, args, { stdio: 'ignore', ...options });
    this.ended = once(this.child, 'exit');
  }
  get over() {
    return this.child.exitCode !== null || this.child.signalCode !== null;
  }
  async stop(signal = 'SIGKILL') {
    this.child.kill(signal);
    await this.ended;
  }
}

/** redisServer starts one; `url` names it, with `tcp` on loopback. */
export async function redisServer({ tcp = false } = {}) {
  const folder = mkdtempSync(join(tmpdir(), 'latchkey-redis-'));
  const socket = join(folder, 'redis.sock');
  const port = tcp ? await freePort() : 0;
  const args = ['--port', `${port}`, '--bind', '127.0.0.1', '--unixsocket', socket];
  args.push('--save', '', '--appendonly', 'no');
  const start = async () => {
    const daemon = new Daemon('redis-server', [...args, '--dir', folder]);
    await until(() => works('redis-cli', ['-s', socket, 'ping']), 'redis-server');
    return daemon;
  };
  let daemon = await start();
  return {
    url: tcp ? `redis://127.0.0.1:${port}` : `redis+unix://${socket}`,
    command: (...words) =>
      execFileSync('redis-cli', ['-s', socket, ...words], { encoding: 'utf8' }).trim(),
    kill: () => daemon.stop(),
    signal: (name) => daemon.child.kill(name),
    restart: async () => (daemon = await start()),
    async stop() {
      if (!daemon.over) await daemon.stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

// PostgreSQL does not run as root; nobody has no rights beyond its own files.
const NOBODY = 65534;
const user = process.getuid() === 0 ? { uid: NOBODY, gid: NOBODY } : {};
// A sanitizer that is loaded into Node is not for a server.
const { LD_PRELOAD: _, ...env } = process.env;
const plain = { ...user, env };

function postgresProgram(name) {
  const versions = readdirSync('/usr/lib/postgresql').sort((a, b) => Number(b) - Number(a));
  return join('/usr/lib/postgresql', versions[0], 'bin', name);
}

/** postgresServer starts one; `url(schema)` names a schema of its only database, with `tcp` on loopback. */
export async function postgresServer({ tcp = false } = {}) {
  const folder = mkdtempSync(join(tmpdir(), 'latchkey-postgres-'));
  if (plain.uid) chownSync(folder, plain.uid, plain.gid);
  const options = { ...plain, cwd: folder };
  const data = join(folder, 'data');
  const initdb = ['-D', data, '-U', 'latchkey', '-E', 'UTF8', '--locale=C', '--auth=trust'];
  execFileSync(postgresProgram('initdb'), [...initdb, '--no-sync'], { ...options, stdio: 'pipe' });
  const port = tcp ? await freePort() : 5432;
  const listen = `listen_addresses=${tcp ? '127.0.0.1' : ''}`;
  const flags = ['-D', data, '-k', folder, '-p', `${port}`, '-c', listen];
  flags.push('-c', 'shared_buffers=16MB');
  const daemon = new Daemon(postgresProgram('postgres'), flags, options);
  const host = tcp ? `127.0.0.1:${port}` : encodeURIComponent(folder);
  const psql = ['-h', folder, '-p', `${port}`, '-U', 'latchkey', '-d', 'postgres', '-qAt', '-v', 'ON_ERROR_STOP=1'];
  await until(() => works('psql', [...psql, '-c', 'SELECT 1']), 'postgres');
  return {
    url: (schema) =>
      `postgres://latchkey@${host}/postgres${schema ? `?schema=${schema}` : ''}`,
    folder,
    run: (sql) => execFileSync('psql', [...psql, '-c', sql], { encoding: 'utf8' }).trim(),
    kill: () => daemon.stop('SIGQUIT'),
    async stop() {
      if (!daemon.over) await daemon.stop('SIGQUIT');
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
