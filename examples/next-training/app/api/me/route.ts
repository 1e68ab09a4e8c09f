import { sessions } from '@/lib/session';

export async function GET() {
  const { verifySession, verifyAuth } = await sessions();
  await verifySession(); // answers 401 by itself
  const { user } = await verifyAuth();
  return Response.json({ user }, { headers: { 'cache-control': 'no-store' } });
}
