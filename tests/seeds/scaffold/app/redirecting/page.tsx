import { verifySession } from '@/app/lib/dal-redirect';

export default async function Page() {
  const { isAuth, userId } = await verifySession();
  return <h1>{String(isAuth)} {String(userId)}</h1>;
}
