import type { EndReason, TextStore } from './types';

const LAST = 'latchkey.last';

interface Last {
  id: string;
  expiresAt: number;
  told?: boolean;
}

/**
 * SessionMemory remembers, for all tabs and past reloads and redirects, that this browser had a
 * session, so that its end is told once and never to a visitor who had none.
 */
export class SessionMemory {
  constructor(private readonly store: TextStore) {}

  remember(session: { id: string; expiresAt: number }): void {
    this.write({ id: session.id, expiresAt: session.expiresAt });
  }

  lastId(): string | null {
    return this.last()?.id ?? null;
  }

  /** After a sign-out nobody is to be told anything. */
  forget(): void {
    this.write(null);
  }

  /**
   * Decides what the end of the session is called. `stated` is what the server said, `now` its
   * clock. A browser drops the cookie at the deadline itself; then only the clock knows why.
   */
  reasonOfEnd(stated: 'expired' | 'revoked' | null, now: number): EndReason {
    const last = this.last();
    if (!last) return null;
    if (stated) return stated;
    return last.expiresAt <= now ? 'expired' : 'signed-out';
  }

  /** True once: later reloads of any tab find it told. */
  tellOnce(): boolean {
    const last = this.last();
    if (!last || last.told) return false;
    this.write({ ...last, told: true });
    return true;
  }

  private last(): Last | null {
    try {
      const value: unknown = JSON.parse(this.store.getItem(LAST) ?? 'null');
      return isLast(value) ? value : null;
    } catch {
      return null;
    }
  }

  private write(last: Last | null): void {
    try {
      if (last) this.store.setItem(LAST, JSON.stringify(last));
      else this.store.removeItem(LAST);
    } catch {
      // A full or forbidden store costs a toast, nothing else.
    }
  }
}

function isLast(value: unknown): value is Last {
  return (
    typeof value === 'object' &&
    value !== null &&
    typeof (value as Last).id === 'string' &&
    typeof (value as Last).expiresAt === 'number'
  );
}
