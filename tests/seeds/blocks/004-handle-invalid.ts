import { cookies } from 'next/headers'
import { redirect } from 'next/navigation'

export async function handleInvalidSession() {
  const cookieStore = await cookies()
  cookieStore.delete('session')

  // Optionally redirect
  redirect('/auth')
}
