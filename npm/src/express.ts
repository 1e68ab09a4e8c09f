import type { RequestSession } from './node';

/**
 * Sessions for Express 4 and 5:
 *
 * ```ts
 * const auth = createAuth({ store: 'sqlite:app.db', publicUrl: 'http://localhost:3000' });
 * app.use(auth.middleware());
 * app.get('/training', auth.requireUser(), (req, res) => res.send(`Hello ${req.auth.userId}`));
 * app.use(auth.errors());
 * ```
 */
export { createAuth, NodeAuth } from './node';
export type {
  AccountEvent,
  Answer,
  AuthOptions,
  Demand,
  Device,
  EventKind,
  EventOptions,
  EventPage,
  LogInOptions,
  RequestSession,
  RouteOptions,
} from './node';

declare global {
  // Where @types/express looks for what a middleware adds.
  namespace Express {
    interface Request {
      /** Who asks, after `app.use(auth.middleware())`. */
      auth: RequestSession;
    }
  }
}
