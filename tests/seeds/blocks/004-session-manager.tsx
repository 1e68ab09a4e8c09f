'use client'

import { useEffect } from 'react'
import { useRouter } from 'next/navigation'
import { useAtom } from 'jotai'
import { verifySession, deleteCookie, fetchUserData } from '@/app/actions/auth'
import { userAtom } from '@/atoms/user'
import { showToast } from '@/utils/toast'

export function SessionManager({ children }) {
  const router = useRouter()
  const [, setUser] = useAtom(userAtom)

  useEffect(() => {
    async function checkSession() {
      const result = await verifySession()
      if (!result.isValid) {
        await deleteCookie()
        setUser(null)
        showToast('Session expired. Please log in again.')
        router.push('/auth')
      } else {
        const userData = await fetchUserData(result.userId)
        setUser(userData)
      }
    }

    checkSession()

    router.events.on('routeChangeComplete', checkSession)

    return () => {
      router.events.off('routeChangeComplete', checkSession)
    }
  }, [router, setUser])

  return children
}
