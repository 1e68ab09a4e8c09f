const UNITS = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000, w: 604_800_000 };

/** Text such as `'15m'`, or seconds, in milliseconds. */
export function millisOf(duration: number | string): number {
  if (typeof duration === 'number' && Number.isFinite(duration)) return duration * 1000;
  const [, count, unit] = /^(\d+(?:\.\d+)?)(ms|s|m|h|d|w)$/.exec(String(duration)) ?? [];
  if (count !== undefined) return Number(count) * UNITS[unit as keyof typeof UNITS];
  throw new TypeError(`a duration such as '15m' or 900 (seconds) is expected, not ${duration}`);
}
