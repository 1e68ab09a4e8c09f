import { cookies } from 'next/headers';
import { createSession, decrypt } from '@/app/lib/session';
import { createSession as createDatabaseSession } from '@/app/lib/database-session';
import { updateSession } from '@/app/lib/update-session';
import { login } from '@/app/lib/login';
import LogoutButton from './logout';

async function act(form) {
  'use server';
  const what = form.get('what');
  if (what === 'stateless') await createSession('42');
  if (what === 'database') await createDatabaseSession(42);
  if (what === 'update') await updateSession();
  if (what === 'login') await login({ userId: '43' });
}

export default async function Page() {
  const payload = await decrypt((await cookies()).get('session')?.value);
  return (
    <form action={act}>
      <output>{JSON.stringify(payload ?? null)}</output>
      {['stateless', 'database', 'update', 'login'].map((what) => <button key={what} name="what" value={what}>{what}</button>)}
      <LogoutButton />
    </form>
  );
}
