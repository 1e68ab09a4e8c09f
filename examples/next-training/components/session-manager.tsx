'use client';

import { toast } from 'sonner';
import { EXPIRED_MESSAGE, useExpired, useExpiryWarning, useSession } from 'latchkey/react';

/** Tells about the end of the session, once, wherever the visitor is by then. */
export function SessionManager() {
  const { renew } = useSession();
  useExpired((reason) => {
    toast.warning(
      reason === 'expired' ? EXPIRED_MESSAGE : 'You were signed out on another device.',
      { id: 'session', duration: 10_000 },
    );
  });
  useExpiryWarning(() => {
    toast('You will be signed out in a minute.', {
      id: 'session',
      duration: 50_000,
      action: { label: 'Stay signed in', onClick: () => void renew() },
    });
  });
  return null;
}
