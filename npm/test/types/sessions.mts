import { isLatchkeyError, Sessions, type ErrorCode, type Session, type StoredSession } from 'latchkey';

export async function program(): Promise<void> {
  const sessions = new Sessions({ store: 'sqlite:app.db', idle: '15m', absolute: 3600 });
  const { token, session } = await sessions.create('u1', { attributes: { theme: 'dark' } });
  const id: string | null = session.userId;
  const validation = sessions.validate(token, { withUser: true });
  if (validation.state === 'active') console.log(id, validation.user?.username);
  try {
    await sessions.update(session, { theme: null });
  } catch (error) {
    if (isLatchkeyError(error)) {
      const code: ErrorCode = error.code;
      console.log(code, error.retryable);
    }
  }
  // @ts-expect-error no duration
  new Sessions({ store: 'memory:', idle: 'soon' });
  // @ts-expect-error no carrier
  new Sessions({ store: 'memory:', carrier: 'pigeon' });
  // @ts-expect-error a store is needed
  new Sessions({});
  // @ts-expect-error no state
  console.log(validation.state === 'logged-in');
}

/** `Session` of the main entry is our own. */
export function themeOf(session: Session): unknown {
  const stored: StoredSession = session;
  // @ts-expect-error that is Lucia's, of latchkey/lucia
  void session.fresh;
  return stored.attributes['theme'];
}
