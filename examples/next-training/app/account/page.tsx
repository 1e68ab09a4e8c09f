import type { Metadata } from 'next';
import Link from 'next/link';
import { Avatar } from '@/components/avatar';
import { readAccount } from '@/lib/dal';
import { PasswordForm } from './password-form';

export const metadata: Metadata = { title: 'Account' };

const DATE = new Intl.DateTimeFormat('en', { dateStyle: 'medium', timeStyle: 'short' });

export default async function Account() {
  const { session, username } = await readAccount();
  return (
    <main className="narrow wide">
      <div className="row">
        <Avatar name={username} size={56} />
        <div>
          <h1>{username}</h1>
          <p className="meta">Signed in {DATE.format(session.createdAt)}</p>
        </div>
      </div>
      <section className="panel">
        <h2>Your sessions</h2>
        <p>See where you are signed in, and sign out what you do not know.</p>
        <Link href="/account/sessions" className="button plain">
          Manage sessions
        </Link>
      </section>
      <section className="panel">
        <h2>Change password</h2>
        <PasswordForm />
      </section>
    </main>
  );
}
