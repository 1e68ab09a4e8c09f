import { signUp } from '../../lib/session';

export async function POST(request: Request) {
  const username = new URL(request.url).searchParams.get('name') ?? 'grace';
  const { user } = await signUp({ username, password: 'correct horse battery staple' });
  return Response.json({ value: user?.id });
}
