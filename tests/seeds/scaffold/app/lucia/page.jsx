'use client';
import { useActionState } from 'react';
import { signup } from '@/lucia/signup';

export default function Page() {
  const [state, action] = useActionState(signup, {});
  return <form action={action}><input name="email" /><input name="password" /><button>Sign up</button>{state?.error}</form>;
}
