// Workers that end in the middle of calls of every kind, as a process of its own: it exits with 0
// when nothing was called, freed or written that had gone with a worker.
//
//   node ending_workers.cjs '{"stores": [...], "rounds": 3, "workers": 2}'
const { Worker, isMainThread, parentPort, workerData } = require('node:worker_threads');
const { calls, quiet } = require('./every_call.cjs');

// How a worker ends; `terminate` is said by the main thread.
const ENDS = {
  terminate: () => {},
  exit: () => process.exit(0),
  throw: () => {
    throw new Error('on purpose');
  },
};

async function beginAndEnd() {
  const { stores, calledBefore, end } = workerData;
  const all = stores.flatMap((store) => calls(store));
  for (let begun = 0; begun < calledBefore; begun += all.length) {
    for (const call of all) quiet(call);
    await new Promise(setImmediate);
  }
  parentPort.postMessage('calls are under way');
  ENDS[end]();
}

function ended(data) {
  return new Promise((resolve) => {
    const worker = new Worker(__filename, { workerData: data, stderr: true });
    worker.on('error', () => {});
    worker.on('message', () => data.end === 'terminate' && worker.terminate());
    worker.on('exit', resolve);
  });
}

async function main({ stores, rounds, workers }) {
  const ends = Object.keys(ENDS);
  for (let round = 0; round < rounds; round++) {
    const data = { stores, calledBefore: 1 + round * 13, end: ends[round % ends.length] };
    await Promise.all(Array.from({ length: workers }, () => ended(data)));
  }
  // Threads take jobs in order, so what the workers left has been done when these are.
  await Promise.all(stores.flatMap((store) => calls(store).map(quiet)));
  console.log('all workers ended');
}

if (isMainThread) main(JSON.parse(process.argv[2]));
else beginAndEnd();
