import { createAuthSession } from '../lib/auth';

export async function signup(prevState, formData) {
  // … validation, hash, createUser …

  try {
    const userId = await createUser(email, passwordHash);
    // 🎯 Create a session and set the cookie
    await createAuthSession(userId);
    // 🔄 Redirect only after the cookie is set
    redirect('/training');
  } catch (err) {
    // … handle unique‑email error …
  }
}
