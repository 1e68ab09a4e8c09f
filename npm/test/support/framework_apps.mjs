// One application on each framework: docs/npm/frameworks.md shows them. All answer the same.
import { once } from 'node:events';
import { createServer } from 'node:http';
import { Readable } from 'node:stream';
import { createAuth as createExpressAuth } from 'latchkey/express';
import { createAuth as createHonoAuth } from 'latchkey/hono';
import { createAuth as createNodeAuth } from 'latchkey/node';
import { createAuth as createKitAuth } from 'latchkey/sveltekit';
import { createAuth as createWebAuth } from 'latchkey/web';
import { importPeer, requirePeer } from './peers.mjs';

const FORM = { remember: true, carry: ['cart'] };
const me = (session) => ({ state: session.state, userId: session.userId, attributes: session.session?.attributes ?? null });

async function listen(server) {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const stop = () => {
    server.closeAllConnections?.();
    server.close();
  };
  return { ask: askOver(server.address().port), stop };
}

// A request over a socket: fetch() would add what scripts send.
const askOver = (port) => async (path, { method = 'GET', headers = {}, body } = {}) => {
  const { request } = await import('node:http');
  const sent = request({ port, path, method, headers, agent: false });
  sent.end(body);
  const [response] = await once(sent, 'response');
  const text = (await Readable.from(response).toArray()).join('');
  return {
    status: response.statusCode,
    header: (name) => response.headers[name] ?? null,
    cookies: response.headers['set-cookie'] ?? [],
    text,
  };
};

const askDirectly = (respond, url) => async (path, { method = 'GET', headers = {}, body } = {}) => {
  const init = { method, headers, ...(body !== undefined && { body }) };
  const response = await respond(new Request(url + path, init));
  return {
    status: response.status,
    header: (name) => response.headers.get(name),
    cookies: response.headers.getSetCookie(),
    text: await response.text(),
  };
};

async function readForm(request) {
  return Object.fromEntries(new URLSearchParams((await request.toArray()).join('')));
}

/** Each takes the options of createAuth and returns { ask, stop }. */
export const apps = {
  async web(options) {
    const auth = createWebAuth(options);
    const routes = {
      'GET /': auth.withAuth(() => new Response('home', { headers: [['set-cookie', 'theme=dark'], ['vary', 'accept']] })),
      'GET /training': auth.withAuth((_, session) => new Response(`Hello ${session.userId}`), { require: true }),
      'GET /secret': auth.withAuth(() => new Response('secret'), { require: { level: 2 } }),
      'GET /me': auth.withAuth((_, session) => Response.json(me(session))),
      'GET /moved': auth.withAuth(() => Response.redirect(`${options.publicUrl}/training`, 302)),
      'POST /signup': auth.withAuth(async (request, session) => {
        const rejection = await session.signUp(Object.fromEntries(await request.formData()), FORM);
        return rejection ? Response.json(rejection, { status: 422 }) : new Response(null, { status: 303, headers: { location: '/training' } });
      }),
      'POST /cart': auth.withAuth(async (_, session) => {
        if (!session.session) await session.startGuest();
        await session.update({ cart: 1 });
        return Response.json(me(session));
      }),
      'POST /logout': auth.withAuth(async (_, session) => Response.json({ ended: await session.logOut() })),
    };
    const respond = (request) => routes[`${request.method} ${new URL(request.url).pathname}`](request);
    return { ask: askDirectly(respond, options.publicUrl), stop() {} };
  },

  async sveltekit(options) {
    const auth = createKitAuth(options);
    const handle = auth.handle({
      require: ({ url }) => url.pathname === '/training' || (url.pathname === '/secret' && { level: 2 }),
    });
    const resolve = async ({ request, url, locals: { auth: session } }) => {
      switch (`${request.method} ${url.pathname}`) {
        case 'GET /': return new Response('home', { headers: [['set-cookie', 'theme=dark'], ['vary', 'accept']] });
        case 'GET /training': return new Response(`Hello ${session.userId}`);
        case 'GET /secret': return new Response('secret');
        case 'GET /moved': return Response.redirect(`${options.publicUrl}/training`, 302);
        case 'GET /me': return Response.json(me(session));
        case 'POST /signup': {
          const rejection = await session.signUp(Object.fromEntries(await request.formData()), FORM);
          return rejection ? Response.json(rejection, { status: 422 }) : new Response(null, { status: 303, headers: { location: '/training' } });
        }
        case 'POST /cart':
          if (!session.session) await session.startGuest();
          await session.update({ cart: 1 });
          return Response.json(me(session));
        default: return Response.json({ ended: await session.logOut() });
      }
    };
    const respond = (request) => handle({ event: { request, url: new URL(request.url), locals: {} }, resolve });
    return { ask: askDirectly(respond, options.publicUrl), stop() {} };
  },

  async node(options) {
    const auth = createNodeAuth(options);
    const json = (response, value, status = 200) => response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(value));
    const routes = {
      'GET /': auth.withAuth((_, response) => response.writeHead(200, { 'Set-Cookie': 'theme=dark', vary: 'accept' }).end('home')),
      'GET /training': auth.withAuth((_, response, session) => response.end(`Hello ${session.userId}`), { require: true }),
      'GET /secret': auth.withAuth((_, response) => response.end('secret'), { require: { level: 2 } }),
      'GET /me': auth.withAuth((_, response, session) => json(response, me(session))),
      'GET /moved': auth.withAuth((_, response) => response.writeHead(302, ['location', '/training']).end()),
      'POST /signup': auth.withAuth(async (request, response, session) => {
        const rejection = await session.signUp(await readForm(request), FORM);
        if (rejection) json(response, rejection, 422);
        else response.writeHead(303, { location: '/training' }).end();
      }),
      'POST /cart': auth.withAuth(async (_, response, session) => {
        if (!session.session) await session.startGuest();
        await session.update({ cart: 1 });
        json(response, me(session));
      }),
      'POST /logout': auth.withAuth(async (_, response, session) => json(response, { ended: await session.logOut() })),
    };
    return listen(createServer((request, response) => routes[`${request.method} ${request.url.split('?')[0]}`](request, response)));
  },

  async express(options) {
    const express = requirePeer('express');
    const auth = createExpressAuth(options);
    const app = express();
    app.use(auth.middleware());
    app.get('/', (_, res) => res.cookie('theme', 'dark', { path: null }).vary('accept').send('home'));
    app.get('/training', auth.requireUser(), (req, res) => res.send(`Hello ${req.auth.userId}`));
    app.get('/secret', auth.requireUser({ level: 2 }), (_, res) => res.send('secret'));
    app.get('/me', (req, res) => res.json(me(req.auth)));
    app.get('/moved', (_, res) => res.redirect('/training'));
    app.post('/signup', express.urlencoded({ extended: false }), async (req, res) => {
      const rejection = await req.auth.signUp(req.body, FORM);
      if (rejection) res.status(422).json(rejection);
      else res.redirect(303, '/training');
    });
    app.post('/cart', async (req, res) => {
      if (!req.auth.session) await req.auth.startGuest();
      await req.auth.update({ cart: 1 });
      res.json(me(req.auth));
    });
    app.post('/logout', async (req, res) => res.json({ ended: await req.auth.logOut() }));
    app.use(auth.errors());
    return listen(createServer(app));
  },

  async hono(options) {
    const { Hono } = await importPeer('hono');
    const { getRequestListener } = await importPeer('@hono/node-server');
    const auth = createHonoAuth(options);
    const app = new Hono();
    app.use(auth.middleware());
    app.get('/', (c) => {
      c.header('set-cookie', 'theme=dark');
      c.header('vary', 'accept');
      return c.text('home');
    });
    app.get('/training', auth.requireUser(), (c) => c.text(`Hello ${c.get('auth').userId}`));
    app.get('/secret', auth.requireUser({ level: 2 }), (c) => c.text('secret'));
    app.get('/me', (c) => c.json(me(c.get('auth'))));
    app.get('/moved', () => Response.redirect(`${options.publicUrl}/training`, 302));
    app.post('/signup', async (c) => {
      const rejection = await c.get('auth').signUp(await c.req.parseBody(), FORM);
      return rejection ? c.json(rejection, 422) : c.redirect('/training', 303);
    });
    app.post('/cart', async (c) => {
      const session = c.get('auth');
      if (!session.session) await session.startGuest();
      await session.update({ cart: 1 });
      return c.json(me(session));
    });
    app.post('/logout', async (c) => c.json({ ended: await c.get('auth').logOut() }));
    return listen(createServer(getRequestListener(app.fetch)));
  },

  async fastify(options) {
    const { fastify } = await importPeer('fastify');
    const auth = createNodeAuth(options);
    const app = fastify();
    app.addContentTypeParser('application/x-www-form-urlencoded', { parseAs: 'string' }, (_, body, done) =>
      done(null, Object.fromEntries(new URLSearchParams(body))));
    app.decorateRequest('auth', null);
    const middleware = auth.middleware();
    app.addHook('onRequest', (request, reply, done) => middleware(request.raw, reply.raw, (error) => {
      request.auth = request.raw.auth;
      done(error);
    }));
    const requireUser = (demand) => (request, reply, done) => auth.requireUser(demand)(request.raw, reply.raw, done);
    app.get('/', (_, reply) => reply.header('set-cookie', 'theme=dark').header('vary', 'accept').send('home'));
    app.get('/training', { onRequest: requireUser() }, (request, reply) => reply.send(`Hello ${request.auth.userId}`));
    app.get('/secret', { onRequest: requireUser({ level: 2 }) }, (_, reply) => reply.send('secret'));
    app.get('/me', (request, reply) => reply.send(me(request.auth)));
    app.get('/moved', (_, reply) => reply.redirect('/training'));
    app.post('/signup', async (request, reply) => {
      const rejection = await request.auth.signUp(request.body, FORM);
      return rejection ? reply.code(422).send(rejection) : reply.redirect('/training', 303);
    });
    app.post('/cart', async (request, reply) => {
      if (!request.auth.session) await request.auth.startGuest();
      await request.auth.update({ cart: 1 });
      return reply.send(me(request.auth));
    });
    app.post('/logout', async (request, reply) => reply.send({ ended: await request.auth.logOut() }));
    await app.listen({ port: 0, host: '127.0.0.1' });
    return { ask: askOver(app.server.address().port), stop: () => app.close() };
  },

  async koa(options) {
    const Koa = requirePeer('koa');
    const auth = createNodeAuth(options);
    const app = new Koa();
    app.silent = true;
    app.use(async (ctx, next) => {
      ctx.respond = false;
      await new Promise((resolve, reject) => {
        ctx.res.once('close', resolve);
        auth.middleware()(ctx.req, ctx.res, (error) => (error ? reject(error) : resolve(undefined)));
      });
      if (ctx.res.writableEnded) return;
      ctx.respond = true;
      await next();
    });
    app.use(async (ctx) => {
      const session = ctx.req.auth;
      const wanted = { '/training': true, '/secret': { level: 2 } }[ctx.path];
      if (wanted && !(await session.require(wanted === true ? {} : wanted))) {
        const { status, headers, body } = session.refusal();
        ctx.status = status;
        for (const [name, value] of headers) ctx.set(name, value);
        ctx.body = body;
        return;
      }
      switch (`${ctx.method} ${ctx.path}`) {
        case 'GET /':
          ctx.append('set-cookie', 'theme=dark');
          ctx.vary('accept');
          ctx.body = 'home';
          break;
        case 'GET /training': ctx.body = `Hello ${session.userId}`; break;
        case 'GET /secret': ctx.body = 'secret'; break;
        case 'GET /me': ctx.body = me(session); break;
        case 'GET /moved': ctx.redirect('/training'); break;
        case 'POST /signup': {
          const rejection = await session.signUp(await readForm(ctx.req), FORM);
          if (rejection) Object.assign(ctx, { status: 422, body: rejection });
          else Object.assign(ctx, { status: 303 }).redirect('/training');
          break;
        }
        case 'POST /cart':
          if (!session.session) await session.startGuest();
          await session.update({ cart: 1 });
          ctx.body = me(session);
          break;
        default: ctx.body = { ended: await session.logOut() };
      }
    });
    return listen(createServer(app.callback()));
  },
};
