/** Parts of latchkey/testing that need no native part: for tests in a browser's environment, too. */
import type { RegisteredUser } from './client/types';
import type { ProviderProps } from './next/types';
import { millisOf } from './testing_time';

/**
 * What `<SessionProvider>` is given in a test of a component: a user's session, or null for a visitor.
 * With it the provider asks no server.
 */
export function sessionProps(
  user: RegisteredUser | null,
  { expiresIn = '1h' }: { expiresIn?: TestDuration } = {},
): ProviderProps {
  if (user === null) return { initialSession: null, initialUser: null };
  const id = String((user as { id?: unknown }).id ?? 'user-1');
  const expiresAt = Date.now() + millisOf(expiresIn);
  return { initialSession: { id: `test-${id}`, userId: id, version: 1, revision: 1, expiresAt }, initialUser: user };
}

/** `'15m'`, or seconds. */
export type TestDuration = number | `${number}${'ms' | 's' | 'm' | 'h' | 'd' | 'w'}`;

export interface FakeClock {
  /** Goes on by this much. */
  advance(by: TestDuration): void;
  /** Stands at this time. */
  set(time: Date | number): void;
  /** The time of the machine again. */
  restore(): void;
}

/**
 * Stops the clock that sessions go by, which is Date.now(), until `restore()`: what a session does in
 * 14 days is seen at once. It moves no timers; those of a component need the fake timers of your test
 * runner, which move Date.now() as well.
 */
export function fakeClock(start: Date | number = Date.now()): FakeClock {
  const real = Date.now;
  let now = Number(start);
  const fake = () => now;
  Date.now = fake;
  return {
    advance: (by) => void (now += millisOf(by)),
    set: (time) => void (now = Number(time)),
    restore: () => {
      if (Date.now === fake) Date.now = real;
    },
  };
}
