import express from '../peers/node_modules/@types/express/index.js';
import { Hono } from '../peers/node_modules/hono/dist/types/index.js';
import { createAuth as forExpress } from 'latchkey/express';
import { createAuth as forHono, type AuthEnv } from 'latchkey/hono';
import { createAuth as forNode } from 'latchkey/node';
import { createAuth as forSvelteKit } from 'latchkey/sveltekit';
import { createAuth as forWeb, type RequestSession } from 'latchkey/web';

const options = { store: 'sqlite:app.db', publicUrl: 'http://localhost:3000', idle: '7d' } as const;

export function onHono(): Hono<AuthEnv> {
  const auth = forHono({ ...options, clientAddress: (request) => request.headers.get('x-real-ip') });
  const app = new Hono<AuthEnv>();
  app.use(auth.middleware({ passive: true }));
  app.get('/training', auth.requireUser({ level: 2, maxAuthAge: '5m' }), (c) => {
    const session: RequestSession = c.get('auth');
    return c.text(`Hello ${session.userId}`);
  });
  return app;
}

export function onExpress(): void {
  const auth = forExpress(options);
  const app = express();
  app.use(auth.middleware());
  app.get('/training', auth.requireUser(), (req, res) => {
    const id: string | null = req.auth.userId;
    res.send(id);
  });
  app.use(auth.errors());
}

export const onNode = forNode(options).withAuth((request, response, session) => {
  response.end(`${request.method} ${session.state}`);
});

interface Event {
  request: Request;
  url: URL;
  locals: { auth: RequestSession };
}
export const handle: (input: {
  event: Event;
  resolve: (event: Event) => Promise<Response>;
}) => Promise<Response> = forSvelteKit(options).handle({
  require: ({ url }) => url.pathname.startsWith('/app') && { level: 1 },
});

export const GET = forWeb(options).withAuth(async (request, session, rest: { id: string }) => {
  const rejection = await session.logIn({ username: request.url, password: rest.id });
  return new Response(rejection?.message ?? session.userId);
});

// @ts-expect-error the address of the site is needed
forWeb({ store: 'sqlite:app.db' });
