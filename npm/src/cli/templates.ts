/** The files that `init` writes. */

export const MATCHER = '/((?!_next/static|_next/image|favicon.ico|api/session).*)';

export const SESSION = `import { createSessions } from 'latchkey/next';

// Nothing is opened here: the store is, with the first request.
export const {
  createSession, verifySession, verifyAuth, getSession, updateSession, deleteSession, logout,
  signUp, logIn, changePassword, requireRecentLogin, redirectIfSignedIn, checkSession,
  listSessions, deleteOtherSessions, proxy, handlers,
} = createSessions({
  store: process.env.LATCHKEY_STORE ?? 'sqlite:./data/app.db',
  pages: { login: '/login', home: '/' },
});
`;

/** `proxy.ts`, or for Next.js 15 `middleware.ts`, which runs on the edge unless told otherwise. */
export const proxyFile = (
  name: 'proxy' | 'middleware',
  typescript: boolean,
  session: string,
): string =>
  `${typescript ? "import type { NextRequest } from 'next/server';\n" : ''}\
import { proxy as check } from '${session}';

export function ${name}(request${typescript ? ': NextRequest' : ''}) {
  return check(request, { protected: ['/account'] });
}

// A literal: Next.js reads it without running this file. Links that are fetched ahead pass by, so
// that they do not count as activity. verifySession() guards the data.
export const config = {
${name === 'middleware' ? "  runtime: 'nodejs',\n" : ''}\
  matcher: [
    {
      source: '${MATCHER}',
      missing: [
        { type: 'header', key: 'next-router-prefetch' },
        { type: 'header', key: 'purpose', value: 'prefetch' },
      ],
    },
  ],
};
`;

export const route = (session: string): string =>
  `import { handlers } from '${session}';

export const { GET, POST } = handlers;
`;

export const WITH_SESSIONS = `import { withSessions } from 'latchkey/next/config';\n`;

export const NEXT_CONFIG = `${WITH_SESSIONS}
export default withSessions({});
`;
