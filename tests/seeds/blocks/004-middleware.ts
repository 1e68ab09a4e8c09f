import { NextRequest, NextResponse } from 'next/server'
import { decrypt } from '@/app/lib/session'

export async function middleware(req: NextRequest) {
  const cookie = req.cookies.get('session')?.value
  const session = await decrypt(cookie)

  if (!session?.userId) {
    // Session is invalid
    // You can't show a toast here, but you can redirect or set a header
    const response = NextResponse.redirect(new URL('/auth', req.url))
    response.cookies.delete('session')
    return response
  }

  return NextResponse.next()
}

export const config = {
  matcher: ['/((?!api|_next/static|_next/image|favicon.ico).*)'],
}
