// Time spans as jose reads them: "7d", "2 hours from now", "-1.5 minutes".

const UNIT = '[smhdwy]|secs?|seconds?|mins?|minutes?|hrs?|hours?|days?|weeks?|yrs?|years?';
const SPAN = new RegExp(String.raw`^([+-])? ?(\d+|\d+\.\d+) ?(${UNIT})(?: (ago|from now))?$`, 'i');
const SECONDS: Record<string, number> = {
  s: 1,
  m: 60,
  h: 3600,
  d: 86400,
  w: 604800,
  y: 31557600,
};

/** The whole seconds that `text` names; a TypeError when it names none. */
export function seconds(text: unknown): number {
  const match = typeof text === 'string' ? SPAN.exec(text) : null;
  const [, sign, amount, unit, direction] = match ?? [];
  const ambiguous = sign !== undefined && direction !== undefined;
  const span = Math.round(Number(amount) * (SECONDS[unit?.charAt(0).toLowerCase() ?? ''] ?? NaN));
  if (ambiguous || !Number.isFinite(span)) throw new TypeError('Invalid time period format');
  return sign === '-' || direction?.toLowerCase() === 'ago' ? -span : span;
}

/** Whole seconds since the epoch. */
export function epoch(date: Date): number {
  return Math.floor(date.getTime() / 1000);
}
