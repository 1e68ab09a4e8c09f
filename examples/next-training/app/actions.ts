'use server';

import { cookies } from 'next/headers';
import { redirect } from 'next/navigation';
import { revalidatePath } from 'next/cache';
import { safePath } from 'latchkey/next';
import { CARRIER_COOKIE, isCarrier } from '@/lib/carriers';
import { checkCredentials, text, type FormState } from '@/lib/forms';
import { findLesson } from '@/lib/lessons';
import { sessions } from '@/lib/session';

export async function signup(_before: FormState, form: FormData): Promise<FormState> {
  const username = text(form, 'username');
  const password = text(form, 'password');
  const errors = checkCredentials(username, password);
  if (errors) return { errors, username };
  const { signUp } = await sessions();
  const { rejection } = await signUp({ username, password });
  if (rejection) {
    return { errors: { [rejection.field ?? 'form']: rejection.message }, username };
  }
  redirect('/training');
}

export async function login(_before: FormState, form: FormData): Promise<FormState> {
  const username = text(form, 'username');
  const password = text(form, 'password');
  if (username === '' || password === '') {
    return { errors: { form: 'Enter your user name and your password.' }, username };
  }
  const { logIn } = await sessions();
  const remember = form.get('remember') === 'on';
  const { rejection } = await logIn({ username, password }, { remember });
  if (rejection) return { errors: { form: rejection.message }, username };
  redirect(safePath(text(form, 'next'), '/training'));
}

export async function logout() {
  const current = await sessions();
  await current.logout();
}

export async function chooseCarrier(form: FormData) {
  const carrier = text(form, 'carrier');
  if (!isCarrier(carrier)) return;
  const current = await sessions();
  // A session travels one way; who changes it signs in anew.
  await current.deleteSession();
  (await cookies()).set(CARRIER_COOKIE, carrier, { path: '/', sameSite: 'lax', httpOnly: true });
  redirect('/login');
}

export async function markLesson(form: FormData) {
  const lesson = findLesson(text(form, 'lesson'));
  if (!lesson) return;
  const { verifySession, updateSession } = await sessions();
  await verifySession({ next: `/training/${lesson.id}` });
  await updateSession({ done: { [lesson.id]: form.get('done') === 'yes' ? true : null } });
  revalidatePath('/training');
}

export async function changePassword(_before: FormState, form: FormData): Promise<FormState> {
  const current = text(form, 'current');
  const replacement = text(form, 'password');
  const errors = checkCredentials('unused', replacement);
  if (errors) return { errors };
  const { verifySession, changePassword: change } = await sessions();
  await verifySession({ next: '/account' });
  const rejection = await change({ current, replacement });
  if (rejection?.code === 'wrong_credentials') {
    return { errors: { current: 'This is not your current password.' } };
  }
  if (rejection) return { errors: { password: rejection.message } };
  return { done: 'Your password is changed. Every other device was signed out.' };
}

export async function signOutElsewhere() {
  const { verifySession, deleteOtherSessions } = await sessions();
  await verifySession({ next: '/account/sessions' });
  await deleteOtherSessions();
  revalidatePath('/account/sessions');
}

export async function signOutDevice(form: FormData) {
  const { verifySession, revokeOwnSession } = await sessions();
  await verifySession({ next: '/account/sessions' });
  await revokeOwnSession(text(form, 'id'));
  revalidatePath('/account/sessions');
}
