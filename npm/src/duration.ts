import { native } from 'latchkey/native';
import { kindOf } from './arguments';
import { makeError } from './errors';
import type { Duration } from './sessions_types';

/** millis is a duration as the core takes it: a number is of seconds, a text of what it says. */
export function millis(duration: Duration, name = 'duration'): number {
  const read = typeof duration === 'string' ? native().duration(duration) : seconds(duration);
  if (typeof read === 'number' && Number.isSafeInteger(read) && read >= 0) return read;
  const shown = ['string', 'number'].includes(typeof duration) ? `${duration}` : kindOf(duration);
  throw makeError(
    'ERR_LATCHKEY_BAD_CONFIG',
    `${name}: a duration such as '15m' or 900 (whole seconds) is expected, not ${shown}`,
  );
}

// As `ttl` and `maxAge` of other packages, and never beside milliseconds.
function seconds(duration: unknown): number | null {
  return typeof duration === 'number' && Number.isInteger(duration) ? duration * 1000 : null;
}
