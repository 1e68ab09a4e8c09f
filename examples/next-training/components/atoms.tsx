'use client';

import type { ReactNode } from 'react';
import { Provider } from 'jotai';
import { useAtomStore } from 'latchkey/jotai';

/** Atoms that know the user while the server renders, one set of them for each request. */
export function Atoms({ children }: { children: ReactNode }) {
  return <Provider store={useAtomStore()}>{children}</Provider>;
}
