'use client'

import { deleteCookie } from '@/app/actions/auth'

export function LogoutButton() {
  const handleLogout = async () => {
    await deleteCookie()
    // Handle post-logout actions (e.g., redirect)
  }

  return <button onClick={handleLogout}>Logout</button>
}
