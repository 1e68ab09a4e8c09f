import { logout, verifyAuth, verifySession } from '../lib/session';

export const instant = false; // nothing is shown before the session is checked

async function leave() {
  'use server';
  await logout('/enter');
}

export default async function Page() {
  await verifySession();
  const { user } = await verifyAuth();
  return (
    <>
      <h1>{`Next.js knows ${user?.username}`}</h1>
      <form action={leave}>
        <button>Log out</button>
      </form>
    </>
  );
}
