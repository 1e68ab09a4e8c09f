import type { Sessions } from '../sessions';
import type { Begun } from '../requests';
import type { Session as CoreSession } from '../sessions_types';
import { userOnce, type CurrentRequest } from './request';
import type { RegisteredUser } from '../client/types';
import type { DefaultClientUser, SessionsConfig } from './types';

/** The user behind a valid session: the application's own, or the one the store keeps. */
export async function userOf<User>(
  config: SessionsConfig<User>,
  request: CurrentRequest,
  sessions: Sessions,
  answer: Begun & { session: CoreSession & { userId: string } },
): Promise<User | null> {
  const { getUser } = config;
  if (getUser) return userOnce(request, sessions, answer.session.userId, getUser);
  const { user, session } = answer;
  if (!user) return { id: session.userId } as User;
  return { ...user.attributes, id: user.id, username: user.username } as User;
}

/** What browsers may know of a user: what the application says, or id and username. */
export function clientUserOf<User>(
  config: SessionsConfig<User>,
  user: User,
  { userId }: { userId: string },
): RegisteredUser {
  if (config.clientUser) return config.clientUser(user);
  const { username } = user as { username?: unknown };
  const told: DefaultClientUser = { id: userId };
  if (typeof username === 'string') told.username = username;
  return told;
}
