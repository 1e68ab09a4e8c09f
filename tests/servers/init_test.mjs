// The pages that `latchkey init` leaves in an application of Express or Hono, in a browser.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { make, PROJECTS, startServer } from '../../npm/test/support/init_server.mjs';
import { ONE_PAGE, walk } from '../next/support/init_walk.mjs';

for (const name of ['Express, ES modules', 'Hono, ES modules']) {
  test(`${name}: /account leads to pages that sign up, refuse, log in, list devices and log out`, async (t) => {
    const { root, run } = make(t, PROJECTS[name]);
    assert.equal(run('init').code, 0);
    const { url, said } = await startServer(t, root, PROJECTS[name][1]);
    // The pages have no script, so there is nothing to see without JavaScript that is not seen with it.
    await walk({ url }, { username: 'hedy', pages: ONE_PAGE });
    assert.equal(said(), '', 'the server complains of nothing');
  });
}
