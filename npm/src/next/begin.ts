import type { Sessions } from '../sessions';
import type { CreateOptions, NewSession, Session } from '../sessions_types';

/**
 * Makes a user's session in a browser that came with `before`: a guest's session becomes the
 * user's, and whoever logs in anew has left an older one behind.
 */
export async function beginSession(
  sessions: Sessions,
  before: Session | null,
  userId: string | number,
  { carry = [], ...create }: CreateOptions & { carry?: readonly string[] },
): Promise<NewSession> {
  if (before && before.userId === null) return sessions.attach(before, userId, { ...create, carry });
  const made = await sessions.create(userId, create);
  if (before) await sessions.revoke(before);
  return made;
}
