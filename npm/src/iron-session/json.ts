// Which values survive JSON, as iron-session 9 demands of what it seals.

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
  const prototype: unknown = Object.getPrototypeOf(object);
  if (prototype !== null && prototype !== Object.prototype) return false;
  const names = Object.getOwnPropertyNames(object);
  if (names.length !== Object.keys(object).length) return false;
  if (Object.getOwnPropertySymbols(object).length > 0) return false;
  for (const name of names) {
    const member = (object as Record<string, unknown>)[name];
    if (member !== undefined && !isLossless(member, seen)) return false;
  }
  return true;
}

function childrenOf(value: object): [suffix: string, child: unknown][] {
  return Array.isArray(value)
    ? value.map((item, index) => [`[${index}]`, item])
    : Object.entries(value).map(([name, member]) => [`.${name}`, member]);
}

/** Names the first value that does not survive: " (session.lastSeen is a Date)". */
export function describeLossy(value: unknown, path = 'session', depth = 0): string {
  const type = typeof value;
  if (type === 'bigint' || type === 'function' || type === 'symbol') {
    return ` (${path} is a ${type})`;
  }
  if (typeof value === 'number' && !Number.isFinite(value)) return ` (${path} is ${value})`;
  if (typeof value !== 'object' || value === null || depth > 5) return '';
  const name: string | undefined = value.constructor?.name;
  if (!Array.isArray(value) && name !== undefined && name !== 'Object') {
    return ` (${path} is a ${name})`;
  }
  for (const [suffix, child] of childrenOf(value)) {
    const found = describeLossy(child, path + suffix, depth + 1);
    if (found) return found;
  }
  return '';
}
