import { Lucia, sqlite } from 'lucia';
import { databasePath } from './users';

export const lucia = new Lucia(sqlite(databasePath()), {
  sessionCookie: { attributes: { secure: false } },
  getUserAttributes: (user: { username?: string }) => ({ username: user.username }),
});
