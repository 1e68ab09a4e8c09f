import { signUp } from '../../lib/session';

export async function POST() {
  const { user } = await signUp({ username: 'grace', password: 'correct horse battery staple' });
  return Response.json({ value: user?.id });
}
