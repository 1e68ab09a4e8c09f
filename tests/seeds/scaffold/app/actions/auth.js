'use server';
import { cookies } from 'next/headers';
import { verifySession as verify } from './verify';

export async function verifySession() {
  return verify();
}

export async function deleteCookie() {
  (await cookies()).delete('session');
}

export async function fetchUserData(userId) {
  return { id: userId, name: `User ${userId}` };
}

export async function getUserData(userId) {
  return fetchUserData(userId);
}
