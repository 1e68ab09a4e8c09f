// Times our side and a peer's in turn, in one process, as CPU time of all its threads: the ratio
// holds on a machine that others use, too.
import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';

const require = createRequire(new URL('../test/peers/package.json', import.meta.url));
export const requirePeer = (name) => require(name);
export const importPeer = (name) => import(pathToFileURL(require.resolve(name)).href);

const BATCH = 64;

function cpuNanoseconds() {
  const { user, system } = process.cpuUsage();
  return (user + system) * 1000;
}

// once runs a side for `seconds` of CPU time and returns nanoseconds an operation.
async function once(operation, state, seconds) {
  const begun = cpuNanoseconds();
  const first = state.next;
  let spent = 0;
  do {
    for (let i = 0; i < BATCH; ++i) {
      const result = operation(state.next++);
      // A synchronous operation is not made to pay for a promise.
      if (result !== undefined) await result;
    }
    spent = cpuNanoseconds() - begun;
  } while (spent < seconds * 1e9);
  return spent / (state.next - first);
}

const median = (values) => [...values].sort((a, b) => a - b)[values.length >> 1];

/**
 * compare times `ours` and `theirs`, each a function of a counter, as often as `pairs` says, after a
 * warm-up of each. `times` in the result is how many times faster ours is.
 */
export async function compare({ name, budget, peer, ours, theirs }, { pairs, seconds }) {
  const states = [{ next: 0 }, { next: 0 }];
  await once(ours, states[0], 2 * seconds);
  await once(theirs, states[1], 2 * seconds);
  const found = [];
  for (let i = 0; i < pairs; ++i) {
    found.push([await once(ours, states[0], seconds), await once(theirs, states[1], seconds)]);
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
