import { cookies } from 'next/headers';
import { lucia } from './auth';

export const createAuthSession = async (userId: string) => {
  const session = await lucia.createSession(userId, {});
  const sessionCookie = lucia.createSessionCookie(session.id);

  const cookieStore = await cookies(); // use `await` for Next.js 15+
  cookieStore.set(
    sessionCookie.name,
    sessionCookie.value,
    sessionCookie.attributes
  );
};
