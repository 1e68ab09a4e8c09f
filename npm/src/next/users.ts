import type { Sessions } from '../sessions';
import type { Session as CoreSession, Validation } from '../sessions_types';
import { userOnce, type CurrentRequest } from './request';
import type { SessionsConfig } from './types';

/** The user behind a valid session: the application's own, or the one the store keeps. */
export async function userOf<User>(
  config: SessionsConfig<User>,
  request: CurrentRequest,
  sessions: Sessions,
  answer: Validation & { session: CoreSession & { userId: string } },
): Promise<User | null> {
  const { getUser } = config;
  if (getUser) return userOnce(request, sessions, answer.session, getUser);
  const { user, session } = answer;
  if (!user) return { id: session.userId } as User;
  return { ...user.attributes, id: user.id, username: user.username } as User;
}
