import { cookies } from 'next/headers'
import { decrypt } from '@/app/lib/session'

export const verifySession = cache(async () => {
  const cookieStore = await cookies()
  const sessionCookie = cookieStore.get('session')?.value
  
  if (!sessionCookie) {
    return null
  }

  const session = await decrypt(sessionCookie)

  if (!session || !session.userId) {
    return null
  }

  return { isAuth: true, userId: session.userId }
})
