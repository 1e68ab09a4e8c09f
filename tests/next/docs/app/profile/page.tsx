import { Suspense } from 'react';
import { verifyAuth, verifySession } from '@/lib/session';
import { save, saveWithUser } from './actions';
import { Name } from './name';

async function Profile() {
  await verifySession({ next: '/profile' });
  const { user } = await verifyAuth();
  return (
    <>
      <p id="server">{user?.name}</p>
      <Name />
      <form action={save}>
        <input name="name" aria-label="Name" />
        <button>Save</button>
        <button formAction={saveWithUser}>Save with user</button>
      </form>
    </>
  );
}

export default function Page() {
  return (
    <Suspense>
      <Profile />
    </Suspense>
  );
}
