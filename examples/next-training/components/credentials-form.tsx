'use client';

import { useActionState, type ReactNode } from 'react';
import type { FormState } from '@/lib/forms';

type Action = (before: FormState, form: FormData) => Promise<FormState>;

/** A form around an action, with its messages where they belong. */
export function CredentialsForm({
  action,
  button,
  next,
  isNew = false,
  children,
}: {
  action: Action;
  button: string;
  next?: string;
  isNew?: boolean;
  children?: ReactNode;
}) {
  const [state, send, pending] = useActionState(action, {});
  const errors = state.errors ?? {};
  return (
    <form action={send} noValidate className="stack">
      {errors.form && (
        <p className="notice bad" role="alert">
          {errors.form}
        </p>
      )}
      <Field
        label="User name or e-mail"
        name="username"
        autoComplete="username"
        defaultValue={state.username}
        error={errors.username}
      />
      <Field
        label="Password"
        name="password"
        type="password"
        error={errors.password}
        autoComplete={isNew ? 'new-password' : 'current-password'}
        hint={isNew ? 'At least 15 characters. A short sentence works well.' : undefined}
      />
      {next && <input type="hidden" name="next" value={next} />}
      {children}
      <button className="button" disabled={pending}>
        {pending ? 'One moment…' : button}
      </button>
    </form>
  );
}

export function Field({
  label,
  name,
  error,
  hint,
  type = 'text',
  ...input
}: {
  label: string;
  name: string;
  error?: string;
  hint?: string;
  type?: string;
  autoComplete?: string;
  defaultValue?: string;
}) {
  const about = error ? `${name}-error` : hint ? `${name}-hint` : undefined;
  return (
    <div className="field">
      <label htmlFor={name}>{label}</label>
      <input
        id={name}
        name={name}
        type={type}
        aria-invalid={error ? true : undefined}
        aria-describedby={about}
        {...input}
      />
      {error ? (
        <p id={about} className="error" role="alert">
          {error}
        </p>
      ) : hint ? (
        <p id={about} className="hint">
          {hint}
        </p>
      ) : null}
    </div>
  );
}
