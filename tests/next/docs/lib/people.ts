// A table of the application's own, with what no browser may know.
export interface Person {
  id: string;
  name: string;
  passwordHash: string;
}

// The modules of pages and of actions are not always one.
const kept = globalThis as { people?: Map<string, string> };
const names = (kept.people ??= new Map());

export function findPerson(id: string): Person {
  return { id, name: names.get(id) ?? 'Old', passwordHash: 'hash-of-the-password' };
}

export function rename(id: string, name: string): void {
  names.set(id, name);
}
