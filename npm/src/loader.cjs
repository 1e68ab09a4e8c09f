'use strict';
// Loads the native part. The requires are literal, because what traces an application's files
// (Next.js's standalone output among others) finds a binary only by its literal name.

const { existsSync } = require('node:fs');
const { join } = require('node:path');

const FROM_SOURCE =
  'build it from source with one command, `./dev pack` in a checkout of latchkey, and install ' +
  'the npm/latchkey-*.tgz that it leaves; or develop in a container with linux-x64. latchkey/jose ' +
  'and latchkey/iron-session do without, but for a `store` of theirs (docs/npm/platforms.md)';

function requireBinary(platform) {
  switch (platform) {
    case 'linux-x64':
      return require('../prebuilds/linux-x64/latchkey.node');
    case 'linux-arm64':
      return require('../prebuilds/linux-arm64/latchkey.node');
    case 'darwin-x64':
      return require('../prebuilds/darwin-x64/latchkey.node');
    case 'darwin-arm64':
      return require('../prebuilds/darwin-arm64/latchkey.node');
    case 'win32-x64':
      return require('../prebuilds/win32-x64/latchkey.node');
    default:
      return undefined;
  }
}

// Alpine and the like have another C library than the one the binary is linked against.
const isMusl = () =>
  process.platform === 'linux' &&
  existsSync(`/lib/ld-musl-${process.arch === 'x64' ? 'x86_64' : 'aarch64'}.so.1`) &&
  !existsSync('/lib64/ld-linux-x86-64.so.2') &&
  !existsSync('/lib/ld-linux-aarch64.so.1');

/** Whether there is a binary for this machine. Loads nothing. */
function hasBinary() {
  const folder = `${process.platform}-${process.arch}`;
  return existsSync(join(__dirname, '../prebuilds', folder, 'latchkey.node')) && !isMusl();
}

// Node loads no addon at all when it was told so, here or by NODE_OPTIONS.
function switchedOff(cause) {
  const error = new Error(
    'latchkey has a native part, and this Node loads none: take away --no-addons, or with ' +
      '--permission add --allow-addons (command line, NODE_OPTIONS, execArgv of a Worker).',
    { cause },
  );
  error.code = 'ERR_LATCHKEY_NO_BINARY';
  return error;
}

function failure(platform, cause) {
  if (cause?.code === 'ERR_DLOPEN_DISABLED') return switchedOff(cause);
  const error = new Error(
    `latchkey has no native part that runs here (${platform}${isMusl() ? ' with musl' : ''}, Node ${process.version}, Node-API ` +
      `${process.versions.napi ?? 'none'}): ${FROM_SOURCE}.`,
    { cause },
  );
  error.code = 'ERR_LATCHKEY_NO_BINARY';
  return error;
}

function load() {
  const platform = `${process.platform}-${process.arch}`;
  let binary;
  try {
    binary = requireBinary(platform);
  } catch (cause) {
    throw failure(platform, cause);
  }
  if (binary === undefined) throw failure(platform);
  return binary;
}

// The addon looks for libpq with the first store of PostgreSQL.
function noLibpq(reason) {
  const error = new Error(
    'latchkey needs the PostgreSQL client library, 14 or newer, for a postgres: store: apt-get install libpq5',
    { cause: new Error(reason) },
  );
  error.code = 'ERR_LATCHKEY_NO_BINARY';
  return error;
}

module.exports = { hasBinary, load, noLibpq };
