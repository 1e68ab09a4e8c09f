// The test that Lucia's authors ship for adapters, and a race of our own.
import assert from 'node:assert/strict';
import { importPeer } from './peers.mjs';

const { testAdapter } = await importPeer('@lucia-auth/adapter-test');
const HOUR = 3_600_000;

/** official passes when each of the seven checks prints its mark; one that fails throws. */
export async function official(t, adapter) {
  const lines = [];
  t.mock.method(console, 'log', (line) => lines.push(line));
  await testAdapter(adapter);
  t.mock.restoreAll();
  assert.equal(lines.filter((line) => line.includes('Passed')).length, 7);
}

/** neverRevives renews sessions while they are ended: none of them may come back. */
export async function neverRevives(adapter, userId, trials) {
  for (let trial = 0; trial < trials; ++trial) {
    const id = `race${trial}`;
    const at = (hours) => new Date(Date.now() + hours * HOUR);
    await adapter.setSession({ id, userId, expiresAt: at(1), attributes: {} });
    await Promise.all([
      adapter.updateSessionExpiration(id, at(2)),
      adapter.deleteSession(id),
      adapter.updateSessionExpiration(id, at(2)),
    ]);
    assert.deepEqual(await adapter.getSessionAndUser(id), [null, null]);
  }
}
