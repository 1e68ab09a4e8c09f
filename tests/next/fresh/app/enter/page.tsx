import { redirect } from 'next/navigation';
import { logIn } from '../../lib/session';

async function enter(form: FormData) {
  'use server';
  const [username, password] = ['username', 'password'].map((name) => String(form.get(name)));
  const { rejection } = await logIn({ username: username!, password: password! });
  redirect(rejection ? '/enter' : '/');
}

export default function Enter() {
  return (
    <form action={enter}>
      <h1>Enter</h1>
      <input name="username" aria-label="User name" />
      <input name="password" aria-label="Password" type="password" />
      <button>Log in</button>
    </form>
  );
}
