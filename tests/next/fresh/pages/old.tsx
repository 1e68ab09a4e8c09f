import type { GetServerSideProps } from 'next';
import { clientSession } from 'latchkey/next';
import { SessionProvider, useExpired, useSession } from 'latchkey/react';
import { useState } from 'react';
import { pagesRouter } from '../lib/pages_sessions';

export const getServerSideProps: GetServerSideProps = async ({ req, res, resolvedUrl }) => {
  const session = await pagesRouter.verify(req, res);
  return session ? { props: { session: clientSession(session) } } : pagesRouter.toLogin(resolvedUrl);
};

function Status() {
  const { status, data, update } = useSession();
  const [told, setTold] = useState('nothing');
  useExpired(setTold);
  return (
    <>
      <h1>{`${status} ${data?.userId ?? 'nobody'}`}</h1>
      <p>{`told ${told}`}</p>
      <button onClick={() => void update()}>Ask again</button>
    </>
  );
}

export default function Old({ session }: { session: Parameters<typeof SessionProvider>[0]['initialSession'] }) {
  return (
    <SessionProvider initialSession={session}>
      <Status />
    </SessionProvider>
  );
}
