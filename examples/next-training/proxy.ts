import type { NextRequest } from 'next/server';
import { CARRIER_COOKIE } from '@/lib/carriers';
import { sessionsOf } from '@/lib/session';

export function proxy(request: NextRequest) {
  const { proxy: check } = sessionsOf(request.cookies.get(CARRIER_COOKIE)?.value);
  return check(request, { protected: ['/training', '/account'] });
}

// A literal: Next.js reads it without running this file. lib/dal.ts guards the data of whatever passes.
export const config = {
  matcher: ['/((?!_next/static/|_next/image|favicon\\.ico$|icon\\.svg$|api/session(?:/|$)).*)'],
};
