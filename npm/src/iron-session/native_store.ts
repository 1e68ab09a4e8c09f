// Ended sessions in a store of the native core.

import { nativeFor } from 'latchkey/native';
import type { Revocations } from './types';

/** Opens nothing before it is asked: `next build` evaluates modules, too. */
export function openRevocations(url: string): Revocations {
  return {
    deny: async (key, until) => {
      await nativeFor(url).deny(url, key, until, Date.now());
    },
    isDenied: (key) => nativeFor(url).is_denied(url, key),
  };
}
