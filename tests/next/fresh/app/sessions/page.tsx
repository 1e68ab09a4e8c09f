import { listSessions } from '../../lib/session';

export const instant = false; // nothing is shown before the session is checked

export default async function Page() {
  return <p>{(await listSessions()).length}</p>;
}
