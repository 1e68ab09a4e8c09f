import { native } from 'latchkey/native';
import { kindOf } from './arguments';
import { makeError } from './errors';
import type { Duration } from './sessions_types';

/** millis is a duration as the core takes it: a number as it is, of a text what it means. */
export function millis(duration: Duration, name = 'duration'): number {
  const read = typeof duration === 'string' ? native().duration(duration) : duration;
  if (typeof read === 'number' && Number.isInteger(read) && read >= 0) return read;
  const shown = ['string', 'number'].includes(typeof duration) ? `${duration}` : kindOf(duration);
  throw makeError(
    'ERR_LATCHKEY_BAD_CONFIG',
    `${name}: a duration such as 900000 (whole milliseconds) or '15m' is expected, not ${shown}`,
  );
}
