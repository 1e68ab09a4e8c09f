// latchkey/guard where there is no Node: the rules of src/guard once more, held to the same cases
// (tests/auth_cases/guard.json).

import { headerOf } from '../facts';
import type { OriginRequest, OriginVerdict } from '../guard';

export type { OriginRequest, OriginVerdict } from '../guard';

const SAFE_METHODS = ['GET', 'HEAD', 'OPTIONS'];
const LOOPBACK = /^(?:localhost|127(?:\.(?:25[0-5]|2[0-4]\d|1?\d?\d)){3}|\[::1\])$/;
const SIMPLE = ['application/x-www-form-urlencoded', 'multipart/form-data', 'text/plain'];

export function checkOrigin(request: OriginRequest, publicUrl: string): OriginVerdict {
  const { method = 'GET', headers } = request;
  const upgrades = (headerOf(headers, 'upgrade') ?? '').toLowerCase().split(',');
  const isSocket =
    upgrades.some((one) => one.trim() === 'websocket') ||
    ['sec-websocket-key', 'sec-websocket-version'].some((name) => headerOf(headers, name) !== null);
  if (SAFE_METHODS.includes(method) && !isSocket) return 'allowed';
  const origin = headerOf(headers, 'origin');
  const site = headerOf(headers, 'sec-fetch-site');
  if (origin === 'null' && site === 'same-origin') return 'allowed';
  if (origin !== null && !isOurs(origin, new URL(publicUrl))) return 'foreign_origin';
  if (site === 'cross-site' || site === 'same-site') return 'cross_site';
  if (site === 'same-origin' || site === 'none' || origin !== null) return 'allowed';
  return isSocket || (method === 'POST' && isSimple(headerOf(headers, 'content-type')))
    ? 'unproven_form'
    : 'allowed';
}

// All names of this machine are one origin, of the same scheme and port.
function isOurs(origin: string, ours: URL): boolean {
  if (origin === ours.origin) return true;
  if (!LOOPBACK.test(ours.hostname) || !URL.canParse(origin)) return false;
  const sent = new URL(origin);
  const same = sent.protocol === ours.protocol && sent.port === ours.port;
  return same && sent.origin === origin && LOOPBACK.test(sent.hostname);
}

function isSimple(type: string | null): boolean {
  const bare = (type ?? '').split(';', 1)[0]!.trim().toLowerCase();
  return type === null || SIMPLE.includes(bare);
}

const MOST = 2048;
const UNSAFE = /[\u0000-\u001f\u007f\\]/;

export function safePath(path: unknown, fallback = '/'): string {
  if (typeof path !== 'string') return fallback;
  // Each character is a byte from here on.
  const target = String.fromCharCode(...new TextEncoder().encode(path.slice(0, MOST + 1)));
  if (target.length > MOST || /%(?![0-9a-f]{2})/i.test(target)) return fallback;
  const decoded = target.replace(/%(..)/g, (_, hex: string) => String.fromCharCode(parseInt(hex, 16)));
  for (const text of [target, decoded]) {
    if (UNSAFE.test(text) || !isPlain(text.split(/[?#]/, 1)[0]!)) return fallback;
  }
  const location = target.replace(/[^\u0021-\u007e]/g, (byte) => {
    return `%${byte.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`;
  });
  return location.length <= MOST ? location : fallback;
}

// Every segment says what it seems to say; one slash may end the path.
function isPlain(path: string): boolean {
  if (!path.startsWith('/')) return false;
  const segments = path.slice(1).split('/');
  if (segments.at(-1) === '') segments.pop();
  return segments.every((one) => one !== '' && one !== '.' && one !== '..');
}
