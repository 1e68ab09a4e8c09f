'use client';

import { useSession } from 'latchkey/react';

export function Name() {
  const { data } = useSession();
  return <p id="client">{String(data?.user?.name)}</p>;
}
