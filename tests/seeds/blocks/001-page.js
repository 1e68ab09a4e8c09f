// Example: protected server component or route handler
import { verifyAuth } from '@/lib/auth';

export default async function Page() {
  const { user } = await verifyAuth();

  if (!user) {
    redirect('/login');
  }

  return <div>Welcome, {user.username}</div>;
}
