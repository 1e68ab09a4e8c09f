// Calls every function of the addon with everything but the handle it wants.
import { constants } from 'node:os';
import { native, nativePostgres } from 'latchkey/native';

const addon = native();
const open = addon.open_sessions('junk', 'memory:junk', {});
const password = addon.make_seal_password('1', 'a password with forty characters or more!');
const lucia = addon.open_lucia(process.argv[2], 'session', 'user', false);
const closed = addon.open_lucia(process.argv[2], 'session', 'user', false);
addon.close_lucia(closed);

let opener;
try {
  opener = nativePostgres().store_opener();
} catch {
  opener = undefined; // libpq is not installed
}
// External values of Node's own making are never handles of ours.
const bytes = new Uint8Array(32);
const junk = [undefined, null, 0, -1, NaN, 2 ** 53, 1n, '', 'x'.repeat(5000), true, Symbol('s'), {}, [],
  () => 1, new Proxy({}, {}), Object.create(null), bytes, new Float64Array(2), new Date(NaN), constants];
const handles = { open, password, lucia, closed, opener };

// Which handle each function wants first; the others want none.
const WANTS = {
  seal: 'password', unseal: 'password', validate: 'open', validate_async: 'open', create: 'open',
  list: 'open', events: 'open', hygiene: 'open', revoke: 'open', update: 'open', touch: 'open', rotate: 'open',
  attach: 'open', revoke_others: 'open', revoke_user: 'open', set_cookies: 'open', enter: 'open',
  change_password: 'open', blank_cookies: 'open', read_cookie: 'open', cookie_options: 'open',
  close_lucia: 'lucia', lucia_find: 'lucia', lucia_shape: 'lucia', lucia_list: 'lucia',
  lucia_insert: 'lucia', lucia_extend: 'lucia', lucia_update: 'lucia', lucia_remove: 'lucia',
  lucia_remove_user: 'lucia', lucia_remove_expired: 'lucia', lucia_add_indexes: 'lucia',
  use_postgres: 'opener',
};
const others = (wanted) =>
  Object.entries(handles).filter(([name]) => name !== wanted).map(([, handle]) => handle);

const counts = { calls: 0, refused: 0, accepted: [] };
async function attempt(name, wanted, values) {
  counts.calls++;
  try {
    await addon[name](...values);
    // A password may be left out for unseal.
    if (wanted && values[0] != null) counts.accepted.push(`${name}(${typeof values[0]})`);
  } catch (error) {
    counts.refused++;
    if (wanted && error.code !== 'ERR_LATCHKEY_INVALID_ARGUMENT') counts.accepted.push(`${name}: ${error}`);
  }
}

for (const name of Object.keys(addon)) {
  const wanted = WANTS[name];
  // What is closed may be closed again.
  const first = [...junk, ...others(wanted)].filter((one) => name !== 'close_lucia' || one !== closed);
  for (const value of first) {
    await attempt(name, wanted, [value]);
    await attempt(name, wanted, [value, ...junk.slice(0, 7)]);
    await attempt(name, wanted, Array(8).fill(value));
  }
  // And junk behind the right one.
  if (!wanted || wanted === 'opener' || name === 'close_lucia') continue;
  for (const value of junk) {
    counts.calls++;
    try {
      await addon[name](handles[wanted], ...Array(7).fill(value));
    } catch {
      counts.refused++;
    }
  }
}
if (opener !== undefined) {
  const postgres = nativePostgres();
  for (const name of Object.keys(postgres).filter((one) => /^(close_|lucia_)/.test(one))) {
    for (const value of [...junk, ...Object.values(handles)]) {
      counts.calls++;
      try {
        await postgres[name](value, value, value);
        counts.accepted.push(name);
      } catch {
        counts.refused++;
      }
    }
  }
}
console.log(JSON.stringify(counts));
