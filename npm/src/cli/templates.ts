/** The files that `init` writes. `typescript` decides about types, `session` is what is imported. */

export interface Style {
  typescript: boolean;
  session: string;
  /**
   * How a page waits for its session: as every page does, or with Cache Components, which ask for
   * more: by `instant`, or before that was known by <Suspense>.
   */
  waits: 'plain' | 'instant' | 'streamed';
}

// Without a session nobody has anything to do with Next.js's own files and the status route.
export const MATCHER =
  '/((?!_next/static/|_next/image|favicon\\\\.ico$|api/session(?:/|$)).*)';

export const SESSION = `import { createSessions } from 'latchkey/next';

// Nothing is opened here: the store is, with the first request. In production set LATCHKEY_PUBLIC_URL
// to the address browsers use, and LATCHKEY_STORE to a database outside of what a build replaces,
// such as sqlite:/var/lib/app/app.db.
export const {
  verifySession, verifyAuth, getSession, checkSession, requireRecentLogin, redirectIfSignedIn,
  signUp, logIn, logout, changePassword,
  createSession, updateSession, raiseLevel, deleteSession, deleteOtherSessions,
  createGuestSession, getGuestSession, listSessions, listEvents, revokeOwnSession, revokeUser,
  providerProps, proxy, handlers, core,
} = createSessions({
  store: process.env.LATCHKEY_STORE ?? 'sqlite:./data/app.db',
  pages: { login: '/login', home: '/' },
});
`;

const list = (paths: readonly string[]) => `[${paths.map((path) => `'${path}'`).join(', ')}]`;

/** `proxy.ts`, or for Next.js 15 `middleware.ts`, which runs on the edge unless told otherwise. */
export const proxyFile = (
  name: 'proxy' | 'middleware',
  { typescript, session }: Style,
  guarded: readonly string[],
): string =>
  `${typescript ? "import type { NextRequest } from 'next/server';\n" : ''}\
import { proxy as check } from '${session}';

export function ${name}(request${typescript ? ': NextRequest' : ''}) {
  return check(request, { protected: ${list(guarded)} });
}

// A literal: Next.js reads it without running this file. verifySession() guards the data.
export const config = {
${name === 'middleware' ? "  runtime: 'nodejs',\n" : ''}\
  matcher: ['${MATCHER}'],
};
`;

export const route = ({ session }: Style): string =>
  `import { handlers } from '${session}';

export const { GET, POST } = handlers;
`;

export const WITH_SESSIONS = `import { withSessions } from 'latchkey/next/config';\n`;

export const NEXT_CONFIG = `${WITH_SESSIONS}
export default withSessions({});
`;

export const PROVIDER = `import { SessionProvider } from 'latchkey/react';\n`;

/** What joins our check with a function that is there already. */
export const composed = (
  name: 'proxy' | 'middleware',
  { typescript, session }: Style,
  guarded: readonly string[],
): string => `\
${typescript ? "            import type { NextRequest } from 'next/server';\n" : ''}\
            import { compose } from 'latchkey/next';
            import { proxy as check } from '${session}';
            export const ${name} = compose(
              (request${typescript ? ': NextRequest' : ''}) => check(request, { protected: ${list(guarded)} }),
              yourFunction,
            );`;
