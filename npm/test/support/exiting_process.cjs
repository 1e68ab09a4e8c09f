// A process that exits in the middle of calls of every kind, with workers that make them, too.
const { Worker, isMainThread, parentPort, workerData } = require('node:worker_threads');
const { calls, quiet } = require('./every_call.cjs');

async function begin({ stores, calledBefore }) {
  const all = stores.flatMap((store) => calls(store));
  for (let begun = 0; begun < calledBefore; begun += all.length) {
    for (const call of all) quiet(call);
    await new Promise(setImmediate);
  }
}

if (isMainThread) {
  const data = JSON.parse(process.argv[2]);
  const worker = new Worker(__filename, { workerData: data });
  worker.on('message', async () => {
    await begin(data);
    process.exit(0);
  });
} else {
  begin(workerData).then(() => parentPort.postMessage('calls are under way'));
}
