/** The files that `init` writes. `typescript` decides about types, `session` is what is imported. */

export interface Style {
  typescript: boolean;
  session: string;
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
  createGuestSession, getGuestSession, listSessions, revokeOwnSession, revokeUser,
  providerProps, proxy, handlers, core,
} = createSessions({
  store: process.env.LATCHKEY_STORE ?? 'sqlite:./data/app.db',
  pages: { login: '/login', home: '/' },
});
`;

/** `proxy.ts`, or for Next.js 15 `middleware.ts`, which runs on the edge unless told otherwise. */
export const proxyFile = (
  name: 'proxy' | 'middleware',
  { typescript, session }: Style,
): string =>
  `${typescript ? "import type { NextRequest } from 'next/server';\n" : ''}\
import { proxy as check } from '${session}';

export function ${name}(request${typescript ? ': NextRequest' : ''}) {
  return check(request, { protected: ['/account'] });
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

export const actions = ({ typescript, session }: Style): string => {
  const t = (types: string) => (typescript ? types : '');
  return `'use server';

import { redirect } from 'next/navigation';
import { safePath } from 'latchkey/next';
import { logIn, signUp } from '${session}';
${t(`
export interface FormState {
  error?: string;
  username?: string;
}
`)}
export async function login(_before${t(': FormState')}, form${t(': FormData')})${t(': Promise<FormState>')} {
  return enter(logIn, form);
}

export async function signup(_before${t(': FormState')}, form${t(': FormData')})${t(': Promise<FormState>')} {
  return enter(signUp, form);
}

async function enter(how${t(': typeof logIn')}, form${t(': FormData')})${t(': Promise<FormState>')} {
  const [username, password] = [form.get('username'), form.get('password')];
  const { rejection } = await how({ username, password });
  if (rejection) return { error: rejection.message, username: String(username ?? '') };
  redirect(safePath(form.get('next'), '/account')); // after every try: redirect() throws
}
`;
};

export const form = ({ typescript }: Style): string => {
  const t = (types: string) => (typescript ? types : '');
  return `'use client';

import { useActionState } from 'react';
${t(`import type { FormState } from './actions';

interface Props {
  action: (before: FormState, form: FormData) => Promise<FormState>;
  button: string;
  next: string;
}
`)}
export function CredentialsForm({ action, button, next }${t(': Props')}) {
  const [state, send, pending] = useActionState(action, {});
  return (
    <form action={send}>
      {state.error && <p role="alert">{state.error}</p>}
      <p>
        <label>
          User name or e-mail{' '}
          <input name="username" autoComplete="username" defaultValue={state.username} />
        </label>
      </p>
      <p>
        <label>
          Password{' '}
          <input
            name="password"
            type="password"
            autoComplete={button === 'Sign up' ? 'new-password' : 'current-password'}
          />
        </label>
      </p>
      <input type="hidden" name="next" value={next} />
      <button disabled={pending}>{button}</button>
    </form>
  );
}
`;
};

interface Entrance {
  title: string;
  action: 'login' | 'signup';
  /** The folder of the form, as this page imports it. */
  parts: string;
  other: { href: string; question: string; answer: string };
}

/** The page to log in or to sign up: a form below <Suspense>, because it depends on the request. */
const entrance = ({ typescript, session }: Style, page: Entrance): string => {
  const t = (types: string) => (typescript ? types : '');
  const name = page.action === 'login' ? 'Login' : 'Signup';
  return `import Link from 'next/link';
import { Suspense } from 'react';
import { safePath } from 'latchkey/next';
import { redirectIfSignedIn } from '${session}';
import { ${page.action} } from '${page.parts}/actions';
import { CredentialsForm } from '${page.parts}/form';
${t(`
interface Props {
  searchParams: Promise<{ next?: string | string[] }>;
}
`)}
async function Form({ searchParams }${t(': Props')}) {
  const next = safePath((await searchParams).next, '/account');
  await redirectIfSignedIn(next);
  return <CredentialsForm action={${page.action}} button="${page.title}" next={next} />;
}

export default function ${name}({ searchParams }${t(': Props')}) {
  return (
    <main>
      <h1>${page.title}</h1>
      <Suspense>
        <Form searchParams={searchParams} />
      </Suspense>
      <p>
        ${page.other.question} <Link href="${page.other.href}">${page.other.answer}</Link>
      </p>
    </main>
  );
}
`;
};

export const loginPage = (style: Style): string =>
  entrance(style, {
    title: 'Log in',
    action: 'login',
    parts: '.',
    other: { href: '/signup', question: 'New here?', answer: 'Sign up' },
  });

export const signupPage = (style: Style): string =>
  entrance(style, {
    title: 'Sign up',
    action: 'signup',
    parts: '../login',
    other: { href: '/login', question: 'Already with us?', answer: 'Log in' },
  });

export const accountPage = ({ session }: Style): string =>
  `import { Suspense } from 'react';
import { logout, verifyAuth, verifySession } from '${session}';

async function leave() {
  'use server';
  await logout();
}

async function Account() {
  await verifySession({ next: '/account' }); // or a redirect to the login page
  const { user } = await verifyAuth();
  return (
    <>
      <p>Signed in as {user?.username}.</p>
      <form action={leave}>
        <button>Log out</button>
      </form>
    </>
  );
}

export default function Page() {
  return (
    <main>
      <h1>Your account</h1>
      <Suspense>
        <Account />
      </Suspense>
    </main>
  );
}
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
): string => `\
${typescript ? "            import type { NextRequest } from 'next/server';\n" : ''}\
            import { compose } from 'latchkey/next';
            import { proxy as check } from '${session}';
            export const ${name} = compose(
              (request${typescript ? ': NextRequest' : ''}) => check(request, { protected: ['/account'] }),
              yourFunction,
            );`;
