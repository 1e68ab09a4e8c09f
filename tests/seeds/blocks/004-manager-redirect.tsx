'use client'

import { useEffect } from 'react'
import { useRouter } from 'next/navigation'
import { verifySession } from '@/app/actions/auth'
import { showToast } from '@/utils/toast'

export function SessionManager({ children }) {
const router = useRouter()

useEffect(() => {
async function checkSession() {
const result = await verifySession()
if (!result.isValid) {
showToast('Session expired. Please log in again.')
router.push('/auth')
}
}

checkSession()

}, [])

return children
}
