'use client'

import { useEffect } from 'react'
import { useAtom } from 'jotai'
import { userAtom } from '@/atoms/user'
import { verifySession, handleInvalidSession } from '@/app/lib/dal'
import { showToast } from '@/utils/toast'

export function SessionManager() {
  const [user, setUser] = useAtom(userAtom)

  useEffect(() => {
    async function checkSession() {
      const session = await verifySession()

      if (!session) {
        setUser(null)
        await handleInvalidSession()
        showToast('Session expired. Please log in again.')
      } else {
        // Fetch and set user data based on session
        const userData = await fetchUserData(session.userId)
        setUser(userData)
      }
    }

    checkSession()
  }, [])

  return null // This component doesn't render anything
}
