import { verifySession, getUserData } from '@/app/lib/auth'
import { SessionManager } from '@/components/SessionManager'

export default async function Page() {
  const session = await verifySession()
  const userData = session.isValid ? await getUserData(session.userId) : null

  return (
    <SessionManager initialSession={session} initialUserData={userData}>
      {/* Your page content */}
    </SessionManager>
  )
}
