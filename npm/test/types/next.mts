// latchkey/next, latchkey/react and latchkey/jotai in a strict program whose user has a type.
import { createStore } from 'jotai';
import { clientSession, createSessions, safePath } from 'latchkey/next';
import { withSessions } from 'latchkey/next/config';
import { SessionProvider, useExpired, useSession } from 'latchkey/react';
import { sessionAtom, userAtom } from 'latchkey/jotai';
import { signIn } from 'latchkey/testing';

interface Person {
  id: string;
  name: string;
}
declare module 'latchkey/client' {
  interface Register {
    User: Person;
  }
}

const sessions = createSessions<Person, { theme?: 'dark' | 'light' }>({
  carrier: 'sealed',
  idle: '30m',
  getUser: async (id) => ({ id, name: 'Ada' }),
  clientUser: (user) => user,
});
// @ts-expect-error a registered user with a name has to come from somewhere
createSessions<Person>({ getUser: (id) => ({ id, name: 'Ada' }) });
// @ts-expect-error what browsers get is the registered user
createSessions<Person>({ clientUser: ({ id }) => ({ id }) });

/** Everything may be taken out at the top of a module. */
export const { core, proxy, handlers, pagesRouter, providerProps } = sessions;

export async function enter(form: FormData): Promise<string | null> {
  const { rejection } = await sessions.logIn({
    username: form.get('username'),
    password: form.get('password'),
  });
  const field: 'username' | 'password' | null | undefined = rejection?.field;
  await sessions.changePassword({ current: form.get('a'), replacement: form.get('b') });
  // @ts-expect-error a password is missing
  await sessions.signUp({ username: form.get('username') });
  return field ?? null;
}

export async function layout(): Promise<unknown> {
  const props = await providerProps();
  const name: string | undefined = props.initialUser?.name;
  const { cookieHeader } = await signIn(sessions, 'user-1');
  return [SessionProvider(props), name, cookieHeader];
}

const clientUser = () => ({ id: '1', name: 'Ada' });

export async function page(): Promise<void> {
  const session = await sessions.verifySession({ next: '/a' });
  const theme: 'dark' | 'light' | undefined = session.attributes.theme;
  const maybe = await sessions.verifySession({ redirect: false });
  const { user } = await sessions.verifyAuth();
  const name: string | undefined = user?.name;
  const checked = await sessions.checkSession();
  if (checked.isValid) console.log(checked.userId.length);
  else console.log(checked.reason satisfies 'expired' | 'revoked' | undefined);
  console.log(theme, name, safePath('/a'), clientSession(maybe)?.expiresAt);
  // @ts-expect-error without a redirect there may be none
  console.log(maybe.userId);
  // @ts-expect-error no such theme
  console.log(session.attributes.theme === 'blue');
  // @ts-expect-error whoever is not valid has no id
  if (!checked.isValid) console.log(checked.userId.length);
  // @ts-expect-error the user has no such member
  console.log(user?.email);
  // @ts-expect-error no carrier
  createSessions({ carrier: 'pigeon', clientUser });
  // @ts-expect-error no duration
  await sessions.requireRecentLogin('soon');
  // @ts-expect-error a session of the store is not for the browser
  SessionProvider({ initialSession: 'x' });
}

export function Component(): string {
  const { data, status, reason } = useSession({ required: true });
  useExpired((why) => why satisfies 'expired' | 'revoked');
  const name: string | undefined = data?.user?.name;
  // @ts-expect-error the registered user has no such member
  console.log(data?.user?.email);
  // @ts-expect-error no status
  console.log(status === 'gone');
  return `${name} ${reason}`;
}

export function atoms(): string | undefined {
  const store = createStore();
  store.set(userAtom, { id: '1', name: 'Ada' });
  // @ts-expect-error not the registered user
  store.set(userAtom, { id: '1' });
  console.log(store.get(sessionAtom).status);
  return store.get(userAtom)?.name;
}

export const config: { reactStrictMode: boolean } = withSessions({ reactStrictMode: true });
