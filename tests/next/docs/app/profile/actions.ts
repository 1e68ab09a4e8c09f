'use server';

import { revalidatePath } from 'next/cache';
import { verifyAuth, verifySession } from '@/lib/session';
import { rename } from '@/lib/people';

// Each checks first, then writes, as a profile page does.
export async function save(form: FormData) {
  const { userId } = await verifySession();
  rename(userId, String(form.get('name')));
  revalidatePath('/', 'layout');
}

export async function saveWithUser(form: FormData) {
  const { user } = await verifyAuth();
  if (user) rename(user.id, String(form.get('name')));
  revalidatePath('/', 'layout');
}
