// Times our side and a peer's in turn, in one process, as CPU time of all its threads: the ratio
// holds on a machine that others use, too.
import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';

const require = createRequire(new URL('../test/peers/package.json', import.meta.url));
export const requirePeer = (name) => require(name);
export const importPeer = (name) => importFrom(require, name);
const importFrom = (from, name) => import(pathToFileURL(from.resolve(name)).href);

// Peers of remote stores, which only benchmarks need.
const requireClient = createRequire(new URL('./peers/package.json', import.meta.url));
export const importClient = (name) => importFrom(requireClient, name);
export const clientVersion = (name) => {
  const { dependencies } = requireClient('./package.json');
  return `${name} ${dependencies[name]}`;
};

const BATCH = 64;

function cpuNanoseconds() {
  const { user, system } = process.cpuUsage();
  return (user + system) * 1000;
}

async function inTurn(operation, state) {
  for (let i = 0; i < BATCH; ++i) {
    const result = operation(state.next++);
    // A synchronous operation is not made to pay for a promise.
    if (result instanceof Promise) await result;
  }
}

const atOnce = (operation, state) =>
  Promise.all(Array.from({ length: BATCH }, () => operation(state.next++)));

// once runs a side for `seconds` of CPU time and returns nanoseconds an operation.
async function once(operation, state, seconds, run) {
  const begun = cpuNanoseconds();
  const first = state.next;
  let spent = 0;
  do {
    await run(operation, state);
    spent = cpuNanoseconds() - begun;
  } while (spent < seconds * 1e9);
  return spent / (state.next - first);
}

const median = (values) => [...values].sort((a, b) => a - b)[values.length >> 1];

/**
 * compare times `ours` and `theirs`, each a function of a counter, as often as `pairs` says, after a
 * warm-up of each. `times` in the result is how many times faster ours is. With `together` there
 * are always 64 calls under way.
 */
export async function compare(sides, { pairs, seconds }) {
  const { name, budget, peer, ours, theirs, together = false } = sides;
  const states = [{ next: 0 }, { next: 0 }];
  const run = together ? atOnce : inTurn;
  await once(ours, states[0], 2 * seconds, run);
  await once(theirs, states[1], 2 * seconds, run);
  const found = [];
  for (let i = 0; i < pairs; ++i) {
    const our = await once(ours, states[0], seconds, run);
    found.push([our, await once(theirs, states[1], seconds, run)]);
  }
  const ratios = found.map(([our, their]) => their / our);
  return {
    name,
    cpu_ns: Math.round(median(found.map(([our]) => our))),
    peer,
    peer_cpu_ns: Math.round(median(found.map(([, their]) => their))),
    times: median(ratios),
    n: pairs,
    min: Math.min(...ratios),
    max: Math.max(...ratios),
    budget,
  };
}

export function check(fine, what) {
  if (!fine) throw new Error(what);
}
