// Sessions of latchkey/next for the tests, each with a store of its own.
import './fake_next.mjs';

const { createSessions } = await import('latchkey/next');

let count = 0;
export const SECRET = 'kR7vN2pQ9sT4wX1zB6dF3gH8jL5mC0aE';
export const make = (config = {}) => createSessions({
  store: `memory:next${++count}`, publicUrl: 'http://localhost:3000', secret: SECRET, ...config,
});
export const NAME = 'session-3000';
export const PASSWORD = 'correct horse battery staple';
