// Which values survive JSON, as iron-session 9 demands of what it seals.

/**
 * Whether an object is what a literal makes, in any realm: edge runtimes and test runners run
 * programs in one realm and parse JSON in another.
 */
function isPlain(object: object): boolean {
  const prototype = Object.getPrototypeOf(object) as object | null;
  if (prototype === null || prototype === Object.prototype) return true;
  return Object.getPrototypeOf(prototype) === null && Object.hasOwn(prototype, 'hasOwnProperty');
}

// JSON has no place for members that a loop does not show.
function hasHiddenMembers(object: object): boolean {
  return (
    Object.getOwnPropertyNames(object).length !== Object.keys(object).length ||
    Object.getOwnPropertySymbols(object).length > 0
  );
}

/** Whether `value` reads back from JSON as it is; members that are `undefined` may get lost. */
export function isLossless(value: unknown, seen?: Set<object>): boolean {
  switch (typeof value) {
    case 'string':
    case 'boolean':
      return true;
    case 'number':
      return Number.isFinite(value);
    case 'object':
      return value === null || isLosslessObject(value, seen);
    default:
      return false;
  }
}

// A cycle is not found here but by JSON.stringify.
function isLosslessObject(object: object, known: Set<object> | undefined): boolean {
  const seen = known ?? new Set();
  if (seen.has(object)) return true;
  seen.add(object);
  if (Array.isArray(object)) return Array.from(object).every((item) => isLossless(item, seen));
  if (!isPlain(object) || hasHiddenMembers(object)) return false;
  for (const name of Object.keys(object)) {
    const member = (object as Record<string, unknown>)[name];
    if (member !== undefined && !isLossless(member, seen)) return false;
  }
  return true;
}

function childrenOf(value: object): [suffix: string, child: unknown][] {
  return Array.isArray(value)
    ? Array.from(value as unknown[], (item, index) => [`[${index}]`, item])
    : Object.entries(value).map(([name, member]) => [`.${name}`, member]);
}

function kindOf(object: object): string {
  const { constructor } = object;
  const name = typeof constructor === 'function' ? constructor.name : '';
  if (!isPlain(object)) {
    return name === '' || name === 'Object' ? 'an object with a prototype of its own' : `a ${name}`;
  }
  return hasHiddenMembers(object) ? 'an object with hidden members' : '';
}

const MOST_NESTED = 100;

// What is wrong with a value itself, not with what is in it.
function flawOf(value: unknown, above: readonly object[]): string {
  const type = typeof value;
  if (type === 'bigint' || type === 'function' || type === 'symbol') return `a ${type}`;
  if (type === 'undefined') return 'undefined';
  if (type === 'number') return Number.isFinite(value) ? '' : String(value);
  if (typeof value !== 'object' || value === null) return '';
  if (above.includes(value)) return 'part of itself';
  if (above.length > MOST_NESTED) return 'nested too deeply';
  return Array.isArray(value) ? '' : kindOf(value);
}

/** Names the first value that does not survive: " (session.lastSeen is a Date)". */
export function describeLossy(
  value: unknown,
  path = 'session',
  above: readonly object[] = [],
): string {
  const flaw = flawOf(value, above);
  if (flaw) return ` (${path} is ${flaw})`;
  if (typeof value !== 'object' || value === null) return '';
  const inside = [...above, value];
  for (const [suffix, child] of childrenOf(value)) {
    if (child === undefined && !Array.isArray(value)) continue;
    const found = describeLossy(child, path + suffix, inside);
    if (found) return found;
  }
  return '';
}
