// Makes sessions on a thread of its own and tells their tokens.
const { parentPort, workerData } = require('node:worker_threads');
const { Sessions } = require('latchkey');
const sessions = new Sessions(workerData.options);
(async () => {
  const tokens = [];
  for (let i = 0; i < workerData.count; ++i) {
    const { token } = await sessions.create('u' + workerData.user);
    if (sessions.validate(token).state !== 'active') throw new Error('lost');
    tokens.push(token);
  }
  parentPort.postMessage(tokens);
  if (workerData.forever) for (;;) await sessions.create('u' + workerData.user);
})();
