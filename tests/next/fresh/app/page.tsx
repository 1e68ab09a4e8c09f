import { verifySession } from '../lib/session';

export default async function Page() {
  const { userId } = await verifySession();
  return <h1>{userId}</h1>;
}
