import { createSessions } from 'latchkey/next';

export const { pagesRouter } = createSessions({ pages: { login: '/old-login' } });
