import type { Metadata } from 'next';
import Link from 'next/link';
import { CredentialsForm } from '@/components/credentials-form';
import { sessions } from '@/lib/session';
import { signup } from '../actions';

export const metadata: Metadata = { title: 'Sign up' };

export default async function Signup() {
  await (await sessions()).redirectIfSignedIn();
  return (
    <main className="narrow">
      <h1>Create your account</h1>
      <CredentialsForm action={signup} button="Sign up" isNew />
      <p className="meta">
        Already with us? <Link href="/login">Log in</Link>
      </p>
    </main>
  );
}
