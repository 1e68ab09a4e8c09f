import { deviceName, STYLESHEET } from './templates_style';

/** The files that `init` writes for servers with routes: Express and Hono. */

export interface ServerStyle {
  framework: 'express' | 'hono';
  typescript: boolean;
  /** false: a program of CommonJS. */
  modules: boolean;
}

/** The address the application has on one's own machine. */
const PORT = '${process.env.PORT ?? 3000}';

const AUTH = ({ framework }: ServerStyle): string => `import { mkdirSync } from 'node:fs';
import { createAuth } from 'latchkey/${framework}';

// In production set LATCHKEY_PUBLIC_URL to the address browsers use, and LATCHKEY_STORE to a database
// that a deployment does not replace, such as sqlite:/var/lib/app/app.db.
if (!process.env.LATCHKEY_STORE) mkdirSync('data', { recursive: true, mode: 0o700 });

export const auth = createAuth({
  store: process.env.LATCHKEY_STORE ?? 'sqlite:data/app.db',
  publicUrl: process.env.LATCHKEY_PUBLIC_URL ?? \`http://localhost:${PORT}\`,
  login: '/login',
  home: '/account',
});
`;

const HTML = (t: (types: string) => string): string => `${t("import type { Device } from 'latchkey/node';\n\n")}\
// What is shown was typed by somebody.
const escape = (text${t(': string')}) =>
  text.replace(/[&<>"']/g, (c) => \`&#\${c.charCodeAt(0)};\`);

const CSS = \`${STYLESHEET}body { margin: 0; }
\`;

export function page(title${t(': string')}, body${t(': string')})${t(': string')} {
  return \`<!doctype html><html lang="en"><meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<link rel="icon" href="data:,"><title>\${title}</title><style>\${CSS}</style>
<body class="page"><main class="card"><h1>\${title}</h1>\${body}</main></body></html>\`;
}
${t(`
export interface Problem {
  code: string;
  message: string;
  field: string | null;
}
interface Entrance {
  next: string;
  username?: string;
  remember?: boolean;
  problem?: Problem | null;
}
`)}
// Too many tries are told from what is wrong with the form.
export function statusOf(problem${t(': Problem')}) {
  return problem.code === 'rate_limited' ? 429 : 422;
}

// A field of a form; its message is beside it.
function field(label${t(': string')}, name${t(': string')}, more${t(': string')}, message${t('?: string')}) {
  const wrong = message ? ' aria-invalid="true" aria-describedby="problem"' : '';
  return \`<div class="field"><label for="\${name}">\${label}</label>
<input id="\${name}" name="\${name}" required \${more}\${wrong}>\${message ? alert(message) : ''}</div>\`;
}
const alert = (message${t(': string')}) => \`<p role="alert" id="problem">\${escape(message)}</p>\`;

export function entrance(kind${t(": 'login' | 'signup'")}, { next, username = '', remember = true, problem }${t(': Entrance')})${t(': string')} {
  const signUp = kind === 'signup';
  const title = signUp ? 'Sign up' : 'Log in';
  const other = signUp
    ? '<p>Already with us? <a href="/login">Log in</a></p>'
    : '<p>New here? <a href="/signup">Sign up</a></p>';
  const wrong = problem && (problem.field ?? (problem.code === 'wrong_credentials' ? 'password' : 'form'));
  const about = (name${t(': string')}) => (wrong === name ? problem?.message : undefined);
  const hint = signUp ? 'new-password' : 'current-password';
  return page(title, \`<form method="post" action="/\${kind}">
\${field('User name or e-mail', 'username', \`autocomplete="username" value="\${escape(username)}"\`, about('username'))}
\${field('Password', 'password', \`type="password" autocomplete="\${hint}"\`, about('password'))}
\${wrong === 'form' ? alert(problem?.message ?? '') : ''}
<label class="check"><input type="checkbox" name="remember" value="yes"\${remember ? ' checked' : ''}> Remember me</label>
<input type="hidden" name="next" value="\${escape(next)}">
<button>\${title}</button></form>\${other}\`);
}

${deviceName(t)}
export function account(username${t(': string')}, devices${t(': Device[]')}, notice = '', problem${t(': Problem | null')} = null)${t(': string')} {
  const rows = devices.map((device) => \`<li>\${escape(nameOf(device.userAgent))}\${
    device.current ? ' <strong>(this one)</strong>' : ''
  }<small>since \${device.createdAt.toISOString().slice(0, 16).replace('T', ' ')} UTC</small>\${
    device.current ? '' : \`<form method="post" action="/account/end"><input type="hidden" name="id" value="\${device.id}"><button class="quiet">Log out there</button></form>\`
  }</li>\`);
  const others = devices.length > 1
    ? '<form method="post" action="/account/end-others"><button>Log out everywhere else</button></form>'
    : '';
  const isCurrent = problem?.code === 'wrong_credentials';
  const about = (wanted${t(': boolean')}) => (problem && isCurrent === wanted ? problem.message : undefined);
  return page('Your account', \`<p>Signed in as \${escape(username)}.</p>
<form method="post" action="/logout"><button class="quiet">Log out</button></form>
<h2>Where you are logged in</h2><ul>\${rows.join('')}</ul>\${others}
<h2>Change your password</h2>\${notice && \`<p role="status">\${escape(notice)}</p>\`}
<form method="post" action="/account/password">
\${field('Current password', 'current', 'type="password" autocomplete="current-password"', about(true))}
\${field('New password', 'replacement', 'type="password" autocomplete="new-password"', about(false))}
<button>Change password</button></form>\`);
}
`;

const EXPRESS = (t: (types: string) => string): string => `\
import express from 'express';
${t("import type { Express, NextFunction, Request, Response } from 'express';\n")}\
import { auth } from './auth.js';
import { account, entrance, statusOf } from './auth_html.js';

const route = (handler${t(': (req: Request, res: Response) => Promise<unknown>')}) =>
  (req${t(': Request')}, res${t(': Response')}, next${t(': NextFunction')}) => {
    handler(req, res).catch((error) => auth.errors()(error, req, res, next));
  };

async function showAccount(req${t(': Request')}, res${t(': Response')}, notice = '', problem${t(': Parameters<typeof account>[3]')} = null) {
  const devices = await req.auth.devices();
  res.status(problem ? statusOf(problem) : 200).send(account(req.auth.user?.username ?? '', devices, notice, problem));
}

/** Pages to log in, to sign up and for one's account. Call it before your own routes. */
export function addAuth(app${t(': Express')}) {
  const form = express.urlencoded({ extended: false });
  app.use(auth.middleware({ withUser: true }));

  for (const kind of ['login', 'signup']${t(' as const')}) {
    app.get(\`/\${kind}\`, (req, res) => {
      const next = req.auth.safeNext(req.query.next);
      if (req.auth.userId) res.redirect(303, next);
      else res.send(entrance(kind, { next }));
    });
    app.post(\`/\${kind}\`, form, route(async (req, res) => {
      const { username, password, remember, next: wanted } = req.body ?? {};
      const next = req.auth.safeNext(wanted);
      const options = { remember: remember === 'yes' };
      const problem = kind === 'signup'
        ? await req.auth.signUp({ username, password }, options)
        : await req.auth.logIn({ username, password }, options);
      if (!problem) res.redirect(303, next);
      else res.status(statusOf(problem)).send(entrance(kind, { next, username: String(username ?? ''), ...options, problem }));
    }));
  }

  app.post('/logout', route(async (req, res) => {
    await req.auth.logOut();
    res.redirect(303, '/login');
  }));

  app.get('/account', auth.requireUser(), route((req, res) => showAccount(req, res)));
  app.post('/account/end', auth.requireUser(), form, route(async (req, res) => {
    await req.auth.endDevice(String(req.body?.id ?? ''));
    res.redirect(303, '/account');
  }));
  app.post('/account/end-others', auth.requireUser(), route(async (req, res) => {
    await req.auth.logOutOthers();
    res.redirect(303, '/account');
  }));
  app.post('/account/password', auth.requireUser(), form, route(async (req, res) => {
    const { current, replacement } = req.body ?? {};
    const problem = await req.auth.changePassword(current, replacement);
    await showAccount(req, res, problem ? '' : 'Your password is changed.', problem);
  }));
}
`;

const HONO = (t: (types: string) => string): string => `\
${t("import type { Context, Hono } from 'hono';\nimport type { AuthEnv } from 'latchkey/hono';\n")}\
import { auth } from './auth.js';
import { account, entrance, statusOf } from './auth_html.js';

async function showAccount(c${t(': Context<AuthEnv>')}, notice = '', problem${t(': Parameters<typeof account>[3]')} = null) {
  const session = c.get('auth');
  const devices = await session.devices();
  return c.html(account(session.user?.username ?? '', devices, notice, problem), problem ? statusOf(problem) : 200);
}

/** Pages to log in, to sign up and for one's account. Call it before your own routes. */
export function addAuth(app${t(': Hono<AuthEnv>')}) {
  app.use(auth.middleware({ withUser: true }));

  for (const kind of ['login', 'signup']${t(' as const')}) {
    app.get(\`/\${kind}\`, (c) => {
      const session = c.get('auth');
      const next = session.safeNext(c.req.query('next'));
      return session.userId ? c.redirect(next, 303) : c.html(entrance(kind, { next }));
    });
    app.post(\`/\${kind}\`, async (c) => {
      const session = c.get('auth');
      const { username, password, remember, next: wanted } = await c.req.parseBody();
      const next = session.safeNext(wanted);
      const options = { remember: remember === 'yes' };
      const problem = kind === 'signup'
        ? await session.signUp({ username, password }, options)
        : await session.logIn({ username, password }, options);
      if (!problem) return c.redirect(next, 303);
      return c.html(entrance(kind, { next, username: String(username ?? ''), ...options, problem }), statusOf(problem));
    });
  }

  app.post('/logout', async (c) => {
    await c.get('auth').logOut();
    return c.redirect('/login', 303);
  });

  app.get('/account', auth.requireUser(), (c) => showAccount(c));
  app.post('/account/end', auth.requireUser(), async (c) => {
    const { id } = await c.req.parseBody();
    await c.get('auth').endDevice(String(id ?? ''));
    return c.redirect('/account', 303);
  });
  app.post('/account/end-others', auth.requireUser(), async (c) => {
    await c.get('auth').logOutOthers();
    return c.redirect('/account', 303);
  });
  app.post('/account/password', auth.requireUser(), async (c) => {
    const { current, replacement } = await c.req.parseBody();
    const problem = await c.get('auth').changePassword(current, replacement);
    return showAccount(c, problem ? '' : 'Your password is changed.', problem);
  });
}
`;

/** The files by their names without an ending. */
export function serverFiles(style: ServerStyle): Record<string, string> {
  const t = (types: string) => (style.typescript ? types : '');
  const pages = style.framework === 'express' ? EXPRESS(t) : HONO(t);
  const files = { auth: AUTH(style), auth_html: HTML(t), auth_pages: pages };
  if (style.typescript || style.modules) return files;
  return Object.fromEntries(
    Object.entries(files).map(([name, text]) => [name, toCommonJs(text)]),
  );
}

// The files above are written with it in mind: one import a line, and exports that are declared.
function toCommonJs(text: string): string {
  const names = [...text.matchAll(/^export (?:const|(?:async )?function) (\w+)/gm)].map(
    ([, name]) => name,
  );
  const body = text
    .replace(/^import (\{[^}]*\}|\w+) from ('[^']*');$/gm, 'const $1 = require($2);')
    .replace(/^export /gm, '');
  return `${body}\nmodule.exports = { ${names.join(', ')} };\n`;
}
