// Ended sessions in a store of the native core.

import { nativeFor } from 'latchkey/native';
import type { Revocations } from './types';

/** Opens nothing before it is asked, but refuses a text that names no store. */
export function openRevocations(url: string): Revocations {
  const addon = nativeFor(url);
  return {
    deny: async (key, until) => {
      await addon.deny(url, key, until, Date.now());
    },
    isDenied: (key) => addon.is_denied(url, key),
  };
}
