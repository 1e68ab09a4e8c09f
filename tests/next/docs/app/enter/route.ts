import { signUp } from '@/lib/session';

export async function POST(request: Request) {
  const { username } = (await request.json()) as { username: string };
  const { user } = await signUp({ username, password: 'correct horse battery staple' });
  return Response.json({ id: user?.id });
}
