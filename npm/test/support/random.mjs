// A small generator of numbers that a seed repeats (xorshift32). For tests only.
export function generator(seed) {
  let state = (seed + 1) * 0x9e3779b9;
  /** Returns an integer from 0 to below `limit`. */
  return (limit) => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return limit > 0 ? (state >>> 0) % limit : 0;
  };
}
