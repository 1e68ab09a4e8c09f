'use client';

import { useActionState } from 'react';
import { Field } from '@/components/credentials-form';
import { changePassword } from '../actions';

export function PasswordForm() {
  const [state, send, pending] = useActionState(changePassword, {});
  return (
    <form action={send} noValidate className="stack">
      {state.done && (
        <p className="notice good" role="status">
          {state.done}
        </p>
      )}
      <Field
        label="Current password"
        name="current"
        type="password"
        error={state.errors?.current}
        autoComplete="current-password"
      />
      <Field
        label="New password"
        name="password"
        type="password"
        error={state.errors?.password}
        autoComplete="new-password"
        hint="At least 15 characters."
      />
      <button className="button" disabled={pending}>
        Change password
      </button>
    </form>
  );
}
