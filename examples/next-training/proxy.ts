import type { NextRequest } from 'next/server';
import { CARRIER_COOKIE } from '@/lib/carriers';
import { sessionsOf } from '@/lib/session';

export function proxy(request: NextRequest) {
  const { proxy: check } = sessionsOf(request.cookies.get(CARRIER_COOKIE)?.value);
  return check(request, { protected: ['/training', '/account'] });
}

// A literal: Next.js reads it without running this file. Links that are fetched ahead pass by, so
// that they do not count as activity; lib/dal.ts guards the data of whatever passes by.
export const config = {
  matcher: [
    {
      source: '/((?!_next/static|_next/image|favicon.ico|icon.svg|api/session).*)',
      missing: [
        { type: 'header', key: 'next-router-prefetch' },
        { type: 'header', key: 'purpose', value: 'prefetch' },
      ],
    },
  ],
};
