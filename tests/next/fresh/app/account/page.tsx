import { verifySession } from '../../../lib/session';

export default async function Page() {
  return <p>{(await verifySession({ next: '/sessions/own' })).userId}</p>;
}
