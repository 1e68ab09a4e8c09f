import { Suspense } from 'react';
import { verifyAuth, verifySession } from '../../lib/session';

async function Private() {
  await verifySession({ next: '/streamed' });
  const { user } = await verifyAuth();
  return <h1>{`Streamed for ${user?.username}`}</h1>;
}

export default function Page() {
  return (
    <Suspense fallback={<p>One moment</p>}>
      <Private />
    </Suspense>
  );
}
