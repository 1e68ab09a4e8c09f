import 'server-only';
import { findLesson, LESSONS } from './lessons';
import { sessions } from './session';

// The data access layer: whoever reads private data goes through here, and here is the check. A
// page can be reached in more ways than through proxy.ts; its data cannot be had without this.

export async function readTraining() {
  const { verifySession } = await sessions();
  const session = await verifySession({ next: '/training' });
  const done = session.attributes.done ?? {};
  return LESSONS.map((lesson) => ({ ...lesson, done: done[lesson.id] === true }));
}

export async function readLesson(id: string) {
  const { verifySession } = await sessions();
  const session = await verifySession({ next: `/training/${encodeURIComponent(id)}` });
  const lesson = findLesson(id);
  return lesson && { ...lesson, done: session.attributes.done?.[id] === true };
}

export async function readAccount() {
  const { verifySession, verifyAuth } = await sessions();
  const session = await verifySession({ next: '/account' });
  const { user } = await verifyAuth();
  return { session, username: user?.username ?? session.userId };
}

export async function readDevices() {
  const { verifySession, listSessions } = await sessions();
  await verifySession({ next: '/account/sessions' });
  try {
    return await listSessions();
  } catch (error) {
    // Sealed and signed sessions have no rows, so nobody can list them.
    if ((error as { code?: string }).code === 'ERR_LATCHKEY_UNSUPPORTED') return null;
    throw error;
  }
}
