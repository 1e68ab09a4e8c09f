import jotai = require('latchkey/jotai');
import next = require('latchkey/next');
import react = require('latchkey/react');

const { verifyAuth } = next.createSessions({ clientUser: ({ id }) => ({ id, name: id }) });
export async function program(): Promise<string | undefined> {
  const { user } = await verifyAuth();
  return user?.username ?? String(jotai.userAtom) + react.EXPIRED_MESSAGE;
}
