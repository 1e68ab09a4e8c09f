'use server';
import { verifySession as verify } from '@/app/lib/dal';

export async function verifySession() {
  return verify();
}
