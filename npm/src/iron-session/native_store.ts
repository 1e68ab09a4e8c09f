// Ended sessions in a store of the native core.

import { native } from 'latchkey/native';
import type { Revocations } from './types';

/** Opens nothing before it is asked: `next build` evaluates modules, too. */
export function openRevocations(url: string): Revocations {
  return {
    deny: async (key, until) => {
      await native().deny(url, key, until, Date.now());
    },
    isDenied: (key) => native().is_denied(url, key),
  };
}
