import { verifySession } from '@/app/lib/dal'

export default async function ProtectedPage() {
  const session = await verifySession()

  if (!session) {
    // Handle invalid session (e.g., redirect or show message)
    return null
  }

  // Render protected content
  return <div>Protected Content</div>
}
