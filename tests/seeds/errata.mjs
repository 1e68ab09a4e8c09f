// What of the texts' own code cannot run as it is printed, with the smallest change. Each entry of
// FILES puts printed blocks (blocks/) into one file; besides these edits only the names of imported
// packages are replaced, by `npx latchkey codemod imports`.

const NAME = 'a name is used that no import brings';
const AWAIT = 'cookies() is a promise and nothing else since Next.js 16';
const LINES = 'printed on one line, where the first comment swallows the rest';

// Not blocks of their own: the two `useEffect` that 004 prints alone, one without and one with
// `router.events`. They are the effects of 004-manager-redirect.tsx and 004-session-manager.tsx, the
// latter without its user data; what is changed there holds for them.
//
// Nor what a text prints again later, whole: 001 prints createAuthSession() first with `cookies()`,
// which needs `await`, and its import and the shape of a session cookie alone; 003 prints login()
// first with the form as its only parameter, which useFormState() calls with two, and getSession()
// and the imports of actions.ts in each state of that file, the last of which is 003-logout.ts.

export const FILES = [
  {
    target: 'lucia/create-auth-session.ts',
    blocks: ['001-create-auth-session.ts'],
    edits: [],
  },
  {
    target: 'lucia/verify-auth.js',
    blocks: ['001-verify-auth.js'],
    edits: [
      { from: 'const sessionCookie = cookies().get', to: 'const sessionCookie = (await cookies()).get', why: AWAIT },
      { from: '      cookies().set(', to: '      (await cookies()).set(', why: AWAIT },
      {
        from: '    cookies().set(blankSessionCookie.name, blankSessionCookie.value, blankSessionCookie.attributes);',
        to: '    try {\n      (await cookies()).set(blankSessionCookie.name, blankSessionCookie.value, ' +
          'blankSessionCookie.attributes);\n    } catch {}',
        why: `${AWAIT}; and while a page renders setting a cookie throws, here as well as above`,
      },
    ],
  },
  {
    target: 'lucia/signup.js',
    blocks: ['001-signup.js'],
    edits: [
      { before: "'use server';\nimport { redirect, unstable_rethrow } from 'next/navigation';\n" +
        "import { createUser, hashPassword } from './users';\n", why: NAME },
      { from: "'../lib/auth'", to: "'./create-auth-session'", why: 'the file stands elsewhere' },
      {
        from: '  // … validation, hash, createUser …\n',
        to: "  const email = formData.get('email');\n  const passwordHash = await hashPassword(formData.get('password'));\n",
        why: 'left out in the text',
      },
      {
        from: '    // … handle unique‑email error …\n',
        to: '    unstable_rethrow(err);\n    return { error: String(err.message) };\n',
        why: 'redirect() inside try: the catch swallows it',
      },
    ],
  },
  {
    target: 'app/training/page.js',
    blocks: ['001-page.js'],
    edits: [
      { from: "'@/lib/auth'", to: "'@/lucia/verify-auth'", why: 'the file stands elsewhere' },
      { before: "import { redirect } from 'next/navigation';\n", why: NAME },
    ],
  },
  {
    target: 'app/lib/session.ts',
    blocks: ['002-session.ts', '002-create-session.ts'],
    lines: LINES,
    edits: [
      { from: "import 'server-only'\nimport { cookies } from 'next/headers'\n", to: '',
        why: 'two blocks of one file: the second brings its import again' },
      { before: "import { cookies } from 'next/headers'\n", why: 'the import moves to the top' },
    ],
  },
  {
    target: 'app/lib/database-session.ts',
    blocks: ['002-database-session.ts'],
    lines: LINES,
    edits: [
      { from: 'import cookies from', to: 'import { cookies } from', why: 'next/headers has no default export' },
      { from: "import { db } from '@/app/lib/db'", to: "import { db, sessions } from '@/app/lib/db'", why: NAME },
    ],
  },
  {
    target: 'lib.ts',
    blocks: ['003-lib.ts'],
    edits: [
      { from: '  userId?: string;\n', to: '  userId?: string;\n  id?: number;\n',
        why: 'login() sets session.id, which the type does not have' },
    ],
  },
  {
    target: 'actions.ts',
    blocks: ['003-logout.ts', '003-login.ts'],
    edits: [],
  },
  { target: 'app/iron/page.tsx', blocks: ['003-login-page.tsx'], edits: [] },
  { target: 'components/loginForm.tsx', blocks: ['003-login-form.tsx'], edits: [] },
  { target: 'components/logoutForm.tsx', blocks: ['003-logout-form.tsx'], edits: [] },
  {
    target: 'app/lib/dal-redirect.ts',
    blocks: ['004-dal-redirect.ts'],
    edits: [
      { before: "import { cache } from 'react'\nimport { redirect } from 'next/navigation'\n", why: NAME },
    ],
  },
  {
    target: 'app/lib/dal.ts',
    blocks: ['004-dal-null.ts'],
    edits: [{ before: "import { cache } from 'react'\n", why: NAME }],
  },
  {
    target: 'app/lib/update-session.ts',
    blocks: ['004-update-session.ts'],
    edits: [
      { before: "import { cookies } from 'next/headers'\nimport { decrypt } from '@/app/lib/session'\n", why: NAME },
    ],
  },
  {
    target: 'app/lib/login.js',
    blocks: ['004-login.ts'],
    edits: [
      { before: "import { encrypt } from '@/app/lib/session'\n", why: NAME },
      { from: '  // ...\n', to: '  const sessionData = await encrypt(userData)\n', why: 'left out in the text' },
    ],
  },
  { target: 'app/protected/page.tsx', blocks: ['004-protected-page.tsx'], edits: [] },
  { target: 'app/lib/handle-invalid.ts', blocks: ['004-handle-invalid.ts'],
    edits: [{ before: "'use server'\n", why: 'called from a client component' }] },
  {
    target: 'middleware.ts',
    blocks: ['004-middleware.ts'],
    edits: [
      {
        from: "matcher: ['/((?!api|_next/static|_next/image|favicon.ico).*)'],",
        to: "matcher: ['/protected'],",
        why: 'the printed matcher covers /auth too, to which it redirects: a loop',
      },
    ],
  },
  { target: 'app/actions/verify.ts', blocks: ['004-verify-action.ts'], edits: [] },
  {
    target: 'components/logout-button.jsx',
    blocks: ['004-logout-button.tsx'],
    edits: [],
  },
  { target: 'pages/api/logout.ts', blocks: ['004-api-logout.ts'], edits: [] },
  {
    target: 'components/session-manager.jsx',
    blocks: ['004-session-manager.tsx'],
    edits: [
      { from: "import { useRouter } from 'next/navigation'", to: "import { usePathname, useRouter } from 'next/navigation'",
        why: 'the App Router has no router.events' },
      { from: '  const [, setUser] = useAtom(userAtom)\n', to: '  const [, setUser] = useAtom(userAtom)\n  const pathname = usePathname()\n',
        why: 'the App Router has no router.events' },
      {
        from: "    router.events.on('routeChangeComplete', checkSession)\n\n    return () => {\n" +
          "      router.events.off('routeChangeComplete', checkSession)\n    }\n  }, [router, setUser])",
        to: '  }, [router, setUser, pathname])',
        why: 'the App Router has no router.events',
      },
    ],
  },
  {
    target: 'components/manager-dal.jsx',
    blocks: ['004-manager-dal.tsx'],
    edits: [
      {
        from: "import { verifySession, handleInvalidSession } from '@/app/lib/dal'",
        to: "import { fetchUserData } from '@/app/actions/auth'\nimport { verifySession } from '@/app/actions/dal'\n" +
          "import { handleInvalidSession } from '@/app/lib/handle-invalid'",
        why: `a client component cannot call server code, only actions; and ${NAME}`,
      },
      {
        from: "        await handleInvalidSession()\n        showToast('Session expired. Please log in again.')\n",
        to: "        showToast('Session expired. Please log in again.')\n        await handleInvalidSession()\n",
        why: 'the action redirects, so that nothing behind its call is run',
      },
    ],
  },
  { target: 'components/manager-redirect.jsx', blocks: ['004-manager-redirect.tsx'], edits: [] },
  {
    target: 'app/initial/page.jsx',
    blocks: ['004-page-initial.tsx'],
    edits: [
      { from: "'@/app/lib/auth'", to: "'@/app/actions/auth'", why: 'the file stands elsewhere' },
      { from: "'@/components/SessionManager'", to: "'@/components/manager-initial'", why: 'the file stands elsewhere' },
    ],
  },
  { target: 'components/manager-initial.jsx', blocks: ['004-manager-initial.tsx'], edits: [] },
];
