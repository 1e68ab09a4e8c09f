import { kindOf } from './arguments';
import { makeError } from './errors';
import type { Duration } from './sessions_types';

const UNITS = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000, w: 604_800_000 };

// No deadline is later than the end of the year 9999, so no duration is longer.
const LONGEST = 253_402_300_799_999;

/**
 * millis reads a duration; anything that is none is refused when it is configured. A part of a
 * millisecond is none: it would become 0, which lifts a limit.
 */
export function millis(duration: Duration, name = 'duration'): number {
  const read = typeof duration === 'string' ? spanOf(duration) : duration;
  if (Number.isInteger(read) && read >= 0 && read <= LONGEST) return read;
  const shown = ['string', 'number'].includes(typeof duration) ? `${duration}` : kindOf(duration);
  throw makeError(
    'ERR_LATCHKEY_BAD_CONFIG',
    `${name}: a duration such as 900000 (whole milliseconds) or '15m' is expected, not ${shown}`,
  );
}

function spanOf(text: string): number {
  const parts = /^(\d+(?:\.\d+)?)(ms|s|m|h|d|w)$/.exec(text);
  if (!parts) return NaN;
  const exact = Number(parts[1]) * UNITS[parts[2] as keyof typeof UNITS];
  return exact > 0 && exact < 1 ? NaN : Math.round(exact);
}
