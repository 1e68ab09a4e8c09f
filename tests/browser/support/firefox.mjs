// Drives Debian's Firefox by its own protocol, Marionette: JSON with its length before it, on a socket.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

const START_LIMIT = 60_000;
const ELEMENT = 'element-6066-11e4-a52e-4f735466cecf';

/** Settles what comes in on `socket`: one answer for each command. */
function marionette(socket) {
  let rest = Buffer.alloc(0);
  let last = 0;
  const open = new Map();
  const greeting = new Promise((resolve) => open.set('greeting', { resolve }));
  const take = (message) => {
    if (!Array.isArray(message)) return open.get('greeting').resolve(message);
    const [, id, error, result] = message;
    const { resolve, reject } = open.get(id);
    open.delete(id);
    return error ? reject(new Error(`${error.error}: ${error.message}`)) : resolve(result);
  };
  socket.on('data', (chunk) => {
    rest = Buffer.concat([rest, chunk]);
    for (let colon; (colon = rest.indexOf(':')) > 0;) {
      const end = colon + 1 + Number(rest.subarray(0, colon));
      if (rest.length < end) return;
      const text = rest.subarray(colon + 1, end).toString();
      rest = rest.subarray(end);
      take(JSON.parse(text));
    }
  });
  const send = (command, given = {}) => new Promise((resolve, reject) => {
    open.set(++last, { resolve, reject });
    const text = JSON.stringify([0, last, `WebDriver:${command}`, given]);
    socket.write(`${Buffer.byteLength(text)}:${text}`);
  });
  return { greeting, send };
}

async function activePort(profile, child) {
  for (const late = Date.now() + START_LIMIT; Date.now() < late; await sleep(50)) {
    const port = await readFile(join(profile, 'MarionetteActivePort'), 'utf8').catch(() => '');
    if (port) return Number(port);
    if (child.exitCode !== null) throw new Error('Firefox did not start');
  }
  throw new Error('Firefox was not ready in time');
}

/** Opens Firefox, for which `host` is this machine and any certificate will do. */
export async function openFirefox({ url, host }) {
  const profile = await mkdtemp(join(tmpdir(), 'latchkey-firefox-'));
  const settings = { 'marionette.port': 0, 'network.dns.localDomains': host,
    'app.update.enabled': false, 'datareporting.policy.dataSubmissionEnabled': false };
  await writeFile(join(profile, 'user.js'), Object.entries(settings)
    .map(([name, value]) => `user_pref(${JSON.stringify(name)}, ${JSON.stringify(value)});\n`).join(''));
  const child = spawn('firefox-esr', ['--headless', '--marionette', '--no-remote', '--profile', profile],
    { stdio: 'ignore', env: { ...process.env, HOME: profile } });
  const ended = once(child, 'exit');
  const socket = connect(await activePort(profile, child), '127.0.0.1');
  const { greeting, send } = marionette(socket);
  await greeting;
  await send('NewSession', { acceptInsecureCerts: true });
  const element = async (css) => {
    const { value } = await send('FindElement', { using: 'css selector', value: css });
    return { id: value[ELEMENT] };
  };
  return {
    goto: (path) => send('Navigate', { url: url + path }),
    fill: async (css, text) => send('ElementSendKeys', { ...(await element(css)), text }),
    click: async (css) => send('ElementClick', await element(css)),
    path: async () => new URL((await send('GetCurrentURL')).value).pathname,
    text: async () => (await send('GetElementText', await element('body'))).value,
    cookies: () => send('GetCookies'),
    async close() {
      socket.destroy();
      child.kill('SIGTERM');
      await ended;
      await rm(profile, { recursive: true, force: true });
    },
  };
}
