import { getSession } from '@/actions';
import LogoutForm from '@/components/logoutForm';

export default async function Home() {
  const session = await getSession();
  return <main><h1>{session.isLoggedIn ? `Hello, ${session.username}` : 'Nobody'}</h1><LogoutForm /></main>;
}
