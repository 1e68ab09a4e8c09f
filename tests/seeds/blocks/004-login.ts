import { cookies } from 'next/headers'

export async function login(userData) {
  // Perform login logic here
  // ...

  const cookieStore = await cookies()
  cookieStore.set('session', sessionData, {
    httpOnly: true,
    secure: true,
    maxAge: 60 * 60 * 24 * 7, // 1 week
    path: '/',
  })
}
