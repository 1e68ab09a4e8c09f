import { lucia } from './lucia'; // Adjust path as needed
import { cookies } from 'next/headers';

export const verifyAuth = async () => {
  const sessionCookie = cookies().get(lucia.sessionCookieName);

  // If no cookie found
  if (!sessionCookie || !sessionCookie.value) {
    return { user: null, session: null };
  }

  const sessionId = sessionCookie.value;

  const result = await lucia.validateSession(sessionId);

  // Session is valid
  if (result.session && result.session.fresh) {
    try {
      const sessionCookieData = lucia.createSessionCookie(result.session.id);
      cookies().set(sessionCookieData.name, sessionCookieData.value, sessionCookieData.attributes);
    } catch {
      // 🍃 Silently fail due to Next.js cookie restrictions during render
    }
  }

  // Session is invalid → clear it
  if (!result.session) {
    const blankSessionCookie = lucia.createBlankSessionCookie();
    cookies().set(blankSessionCookie.name, blankSessionCookie.value, blankSessionCookie.attributes);
  }

  return result; // { user: ..., session: ... } or { user: null, session: null }
};
