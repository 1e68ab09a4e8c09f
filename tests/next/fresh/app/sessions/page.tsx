import { listSessions } from '../../lib/session';

export default async function Page() {
  return <p>{(await listSessions()).length}</p>;
}
