/** What a form shows after it was sent: messages, and what may stay typed. */
export interface FormState {
  errors?: { username?: string; password?: string; current?: string; form?: string };
  username?: string;
  done?: string;
}

export function text(form: FormData, name: string): string {
  const value = form.get(name);
  return typeof value === 'string' ? value : '';
}

const MINIMUM = 15;

/** What can be said without asking the server's store. */
export function checkCredentials(username: string, password: string): FormState['errors'] {
  const errors: NonNullable<FormState['errors']> = {};
  if (username.trim() === '') errors.username = 'Enter a user name or an e-mail address.';
  if (password === '') errors.password = 'Enter a password.';
  else if ([...password].length < MINIMUM) {
    errors.password = `Use at least ${MINIMUM} characters. A short sentence is a good password.`;
  }
  return Object.keys(errors).length > 0 ? errors : undefined;
}
