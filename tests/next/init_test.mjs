// The pages that `latchkey init` leaves in an application of Next.js, in its production build.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { startApp } from './support/app.mjs';
import { walk } from './support/init_walk.mjs';

const folder = fileURLToPath(new URL('../../build/next/fresh/', import.meta.url));

let app;
before(async () => {
  app = await startApp({}, { folder });
});
after(() => app.stop());

test('S7: /account leads to pages that sign up, refuse, log in, list devices and log out', () =>
  walk(app, { username: 'hedy' }));

test('the same without JavaScript', () => walk(app, { username: 'grace', javaScript: false }));

test('and the server complains of nothing', () => {
  assert.doesNotMatch(app.log, /⨯|⚠|warn|error/i);
});
