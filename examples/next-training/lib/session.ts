import 'server-only';
import { cookies } from 'next/headers';
import { createSessions, type Duration } from 'latchkey/next';
import { CARRIER_COOKIE, isCarrier, type Carrier } from './carriers';

/** What this application keeps with a session: which lessons are done. */
export type TrainingData = { done?: Record<string, boolean> };
export type TrainingUser = { id: string; username: string };

// An ordinary application has one of these. Here are four over the same users, so that they can be
// compared: they differ in how a session travels, and in nothing else.
function sessionsFor(carrier: Carrier) {
  return createSessions<TrainingUser, TrainingData>({
    store: process.env.LATCHKEY_STORE ?? 'sqlite:./data/training.db',
    carrier,
    idle: (process.env.SESSION_IDLE ?? '14d') as Duration,
    absolute: (process.env.SESSION_ABSOLUTE ?? '30d') as Duration,
    lastSeenEvery: (process.env.SESSION_LAST_SEEN_EVERY ?? '1m') as Duration,
    cookie: { name: `training-${carrier}` },
    pages: { login: '/login', home: '/training', afterLogout: '/' },
  });
}

const variants = {
  stored: sessionsFor('stored'),
  hybrid: sessionsFor('hybrid'),
  sealed: sessionsFor('sealed'),
  signed: sessionsFor('signed'),
};

export function sessionsOf(carrier: string | undefined) {
  return variants[isCarrier(carrier) ? carrier : 'stored'];
}

export async function sessions() {
  return sessionsOf((await cookies()).get(CARRIER_COOKIE)?.value);
}
