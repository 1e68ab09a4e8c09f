export const CARRIER_COOKIE = 'carrier';

export const CARRIERS = {
  stored: {
    title: 'Stored',
    text: 'The cookie is a random token, the session is a row. Ends everywhere at once.',
  },
  hybrid: {
    title: 'Hybrid',
    text: 'A row, and beside the token a snapshot that answers reads for a minute.',
  },
  sealed: {
    title: 'Sealed',
    text: 'The session itself, encrypted, in the cookie. The database keeps only what has ended.',
  },
  signed: {
    title: 'Signed',
    text: 'A signed JWT that other programs can read. So can whoever has the cookie.',
  },
} as const;

export type Carrier = keyof typeof CARRIERS;

export function isCarrier(name: unknown): name is Carrier {
  return typeof name === 'string' && Object.hasOwn(CARRIERS, name);
}
