// A program as an application has it, with the augmentation that Lucia 3 asks for. The lines behind
// an expected error must not compile.
import { Lucia, sqlite, TimeSpan, type Adapter, type Session, type User } from 'latchkey/lucia';

const auth = new Lucia(sqlite('app.db', { user: 'user', session: 'session' }), {
  sessionExpiresIn: new TimeSpan(2, 'w'),
  sessionCookie: { name: 'sid', expires: false, attributes: { secure: true, sameSite: 'lax' } },
  getSessionAttributes: (attributes) => ({ country: attributes.country }),
  getUserAttributes: (attributes) => ({ username: attributes.username }),
});

declare module 'latchkey/lucia' {
  interface Register {
    Lucia: typeof auth;
    UserId: number;
    DatabaseUserAttributes: { username: string };
    DatabaseSessionAttributes: { country: string };
  }
}

export async function program(): Promise<void> {
  const session: Session = await auth.createSession(7, { country: 'us' });
  const country: string = session.country;
  const found = await auth.validateSession(session.id);
  if (found.session) {
    const user: User = found.user;
    const name: string = user.username;
    const id: number = user.id;
    console.log(country, name, id);
  }
  const alone = await auth.validateSession(session.id, { user: false, touch: false });
  const none: null = alone.user;
  const cookie = auth.createSessionCookie(session.id);
  const age: number | undefined = cookie.attributes.maxAge;
  console.log(none, age, await auth.updateSession(session.id, { country: 'de' }));

  // @ts-expect-error the id of a user is a number here
  await auth.createSession('7', { country: 'us' });
  // @ts-expect-error an attribute is missing
  await auth.createSession(7, {});
  // @ts-expect-error there is no such attribute
  await auth.createSession(7, { country: 'us', city: 'x' });
  // @ts-expect-error there is no such attribute of a user
  console.log(found.user?.email);
  // @ts-expect-error without looking there may be no session
  console.log(found.session.id);
  // @ts-expect-error there is no such unit
  console.log(new TimeSpan(1, 'y'));
  // @ts-expect-error no value of SameSite
  new Lucia(sqlite('app.db'), { sessionCookie: { attributes: { sameSite: 'loose' } } });
  // @ts-expect-error an adapter has seven calls
  const adapter: Adapter = { getSessionAndUser: async () => [null, null] };
  console.log(adapter);
}
