import { sessions } from '@/lib/session';

export async function GET() {
  const { verifySession, providerProps } = await sessions();
  await verifySession(); // answers 401 by itself
  const { initialUser: user } = await providerProps(); // no more than a browser may know
  return Response.json({ user }, { headers: { 'cache-control': 'no-store' } });
}
