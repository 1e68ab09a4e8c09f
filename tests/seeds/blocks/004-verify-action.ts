'use server'

import { cookies } from 'next/headers'
import { decrypt } from '@/app/lib/session'

export async function verifySession() {
  const cookieStore = await cookies()
  const sessionCookie = cookieStore.get('session')?.value

  if (!sessionCookie) {
    return { isValid: false }
  }

  const session = await decrypt(sessionCookie)

  if (!session || !session.userId) {
    return { isValid: false }
  }

  return { isValid: true, userId: session.userId }
}
