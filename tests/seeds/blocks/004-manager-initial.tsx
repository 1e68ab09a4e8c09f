'use client'

import { useEffect, useState } from 'react'
import { useRouter } from 'next/navigation'
import { useAtom } from 'jotai'
import { userAtom } from '@/atoms/user'
import { showToast } from '@/utils/toast'

export function SessionManager({ initialSession, initialUserData, children }) {
const router = useRouter()
const [, setUser] = useAtom(userAtom)
const [session, setSession] = useState(initialSession)

useEffect(() => {
if (!session.isValid) {
showToast('Session expired. Please log in again.')
router.push('/auth')
} else {
setUser(initialUserData)
}
}, [session, initialUserData, router, setUser])

// You can still add route change listeners here if needed
// But you would only update the session status, not refetch all data

return children
}
