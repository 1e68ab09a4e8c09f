// latchkey/iron-session where there is no Node: the same API over WebCrypto.

import { encode } from '../jose/base64url';
import { makeIronSession } from '../iron-session/make';
import { webSealCodec } from '../iron-session/web_seal';

export * from '../iron-session/exports';

function needsNode(store: string): never {
  const scheme = store.split(':', 1)[0];
  throw Object.assign(
    new Error(
      `latchkey/iron-session: the store "${scheme}:" needs Node.js and cannot be used in this ` +
        'runtime. Pass an object with deny and isDenied as `store`, or check revocation where ' +
        'Node.js runs: in a page, an action, a route handler or proxy.ts.',
    ),
    { code: 'ERR_LATCHKEY_NEEDS_NODE' },
  );
}

async function sha256(text: string): Promise<string> {
  const bytes = new TextEncoder().encode(text);
  return encode(new Uint8Array(await crypto.subtle.digest('SHA-256', bytes)));
}

const made = makeIronSession(webSealCodec, {
  open: needsNode,
  sha256,
  random: () => encode(crypto.getRandomValues(new Uint8Array(32))),
});

/** Reads a session; see GetIronSession. */
export const getIronSession = made.getIronSession;
/** Seals what survives JSON. */
export const sealData = made.sealData;
/** Opens a seal; one that does not open is an empty object. */
export const unsealData = made.unsealData;
