// latchkey/testing where there is no Node, as in a test runner that emulates a browser.

export * from '../testing_parts';

function needsNode(): never {
  const message =
    'latchkey/testing: signIn() and inRequest() need Node.js: run such a test in the environment ' +
    "'node'. sessionProps() and fakeClock() work here, too.";
  throw Object.assign(new Error(message), { code: 'ERR_LATCHKEY_NEEDS_NODE' });
}

export { needsNode as inRequest, needsNode as signIn };
