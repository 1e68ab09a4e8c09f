import { makeError } from './errors';
import type { Duration } from './sessions_types';

const UNITS = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000, w: 604_800_000 };

/** millis reads a duration; anything that is none is refused when it is configured. */
export function millis(duration: Duration): number {
  if (typeof duration === 'number') {
    if (Number.isFinite(duration) && duration >= 0) return Math.trunc(duration);
  } else {
    const parts = /^(\d+(?:\.\d+)?)(ms|s|m|h|d|w)$/.exec(duration);
    if (parts) return Math.trunc(Number(parts[1]) * UNITS[parts[2] as keyof typeof UNITS]);
  }
  const shown = JSON.stringify(duration);
  throw makeError('ERR_LATCHKEY_BAD_CONFIG', `no duration: ${shown} (write 900000 or '15m')`);
}
