import type { Metadata } from 'next';
import Link from 'next/link';
import { safePath } from 'latchkey/next';
import { CredentialsForm } from '@/components/credentials-form';
import { sessions } from '@/lib/session';
import { login } from '../actions';

export const metadata: Metadata = { title: 'Log in' };

type Query = Promise<Record<string, string | string[] | undefined>>;

export default async function Login({ searchParams }: { searchParams: Query }) {
  const { next } = await searchParams;
  const target = safePath(next, '/training');
  await (await sessions()).redirectIfSignedIn(target);
  return (
    <main className="narrow">
      <h1>Welcome back</h1>
      <CredentialsForm action={login} button="Log in" next={target}>
        <label className="check">
          <input type="checkbox" name="remember" defaultChecked /> Keep me signed in
        </label>
      </CredentialsForm>
      <p className="meta">
        New here? <Link href="/signup">Create an account</Link>
      </p>
    </main>
  );
}
