// `latchkey doctor`, in projects made for each test.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { PACKAGE, project } from './support/project.mjs';

const GOOD = "import { withSessions } from 'latchkey/next/config';\nexport default withSessions({});\n";
const PROXY = (matcher) => `import { proxy as check } from './lib/session';
export const proxy = (request) => check(request, { protected: ['/account'] });
export const config = { matcher: ${matcher} };\n`;

const BROKEN = [
  ['a configuration without the external entry', { 'next.config.ts': 'export default {};' },
    /next\.config\.ts: .*withSessions/],
  ['the whole package as external',
    { 'next.config.ts': "export default { serverExternalPackages: ['latchkey'] };" },
    /second React/],
  ['a short secret', { '.env.local': 'SESSION_SECRET=hunter2\n' }, /\.env\.local: .*32 bytes/],
  ['synchronous cookies()',
    { 'app/a.ts': "import { cookies } from 'next/headers';\n\ncookies().set('a', 'b');\n" },
    /app\/a\.ts:3: cookies\(\) is a promise/],
  ['cookies() kept without await',
    { 'app/a.ts': "import { cookies } from 'next/headers';\nconst store = cookies();\n" },
    /app\/a\.ts:2: cookies\(\)/],
  ['cookies() behind a cast, as the codemod of Next.js leaves it',
    { 'app/a.ts': "import { cookies } from 'next/headers';\nconst store = (cookies() as unknown as Store).get('a');\n" },
    /app\/a\.ts:2: cookies\(\)/],
  ['headers() with a name in brackets',
    { 'app/a.ts': "import { headers } from 'next/headers';\nexport const f = () => headers()['get']('a');\n" },
    /app\/a\.ts:2: headers\(\)/],
  ['redirect inside try', { 'app/b.ts': `import { redirect } from 'next/navigation';
export async function signup() {
  try {
    await create();
    redirect('/training');
  } catch (error) {
    return { error };
  }
}\n` }, /app\/b\.ts:5: redirect\(\) inside try/],
  ['server code in a client component',
    { 'app/c.tsx': "'use client';\nimport { createSessions } from 'latchkey/next';\n" },
    /app\/c\.tsx:2: latchkey\/next belongs to the server/],
  ['router.events', { 'app/d.tsx': "import { useRouter } from 'next/navigation';\n" +
    "router.events.on('routeChangeComplete', f);\n" }, /app\/d\.tsx:2: .*usePathname/],
  ['a matcher that is no literal', { 'proxy.ts': PROXY('paths') }, /proxy\.ts: .*literal/],
  ['a matcher that leaves a protected path out', { 'proxy.ts': PROXY("['/dashboard/:path*']") },
    /proxy\.ts: the matcher leaves out \/account/],
  ['a matcher that leaves out a page with actions', {
    'proxy.ts': PROXY("['/account/:path*']"),
    'app/(shop)/cart/[id]/page.tsx': "async function buy() { 'use server'; }\n",
  }, /leaves out \/cart\/sample/],
  ['a matcher that leaves out a page whose form has an action from elsewhere', {
    'proxy.ts': PROXY("['/account/:path*']"),
    'app/cart/page.tsx': "import { Form } from '@/components/form';\nexport default () => Form();\n",
    'app/about/page.tsx': "import { text } from './text';\nimport type { State } from '@/lib/actions';\n",
    'app/about/text.ts': "export const text = 'use server';\n",
    'components/form/index.tsx': "'use client';\nimport { buy } from '../../lib/actions';\n",
    'lib/actions.ts': "// what the shop does\n'use server';\nimport '../components/form';\n",
  }, /^proxy\.ts: the matcher leaves out \/cart,.*\n1 thing/],
  ['M2: a matcher that one header passes', {
    'proxy.ts': PROXY("[{ source: '/((?!_next/static).*)', missing: [{ type: 'header', key: 'next-router-prefetch' }] }]"),
  }, /proxy\.ts: a request passes the proxy by one header/],
  ['M2: a matcher with a condition of another kind', {
    'proxy.ts': PROXY("[{ source: '/((?!_next/static).*)', has: [{ type: 'cookie', key: 'beta' }] }]"),
  }, /proxy\.ts: .*take `missing` and `has` out/],
  ['M2: a protected page without a check of its own', {
    'proxy.ts': PROXY("['/((?!_next/static/).*)']"),
    'app/account/layout.tsx': "import { verifySession } from '@/lib/session';\nverifySession();\n",
    'app/account/(all)/orders/[id]/page.tsx': 'export default () => null; // verifySession()\n',
    'app/about/page.tsx': 'export default () => null;\n',
  }, /^app\/account\/\(all\)\/orders\/\[id\]\/page\.tsx: only the proxy guards \/account\/orders\/sample.*verifySession\(\)/],
  ['M2: a protected handler without a check of its own', {
    'proxy.ts': PROXY("['/((?!_next/static/).*)']").replace('/account', '/api'),
    'app/api/export/route.ts': "// verifySession() once stood here\nexport const GET = () => Response.json('verifySession()');\n",
    'app/api/session/[[...all]]/route.ts': "export { GET, POST } from '@/lib/session';\n",
    'app/api/me/route.ts': "import { readMe } from '@/lib/dal';\nexport const GET = () => readMe();\n",
    'lib/dal.ts': "import { verifySession } from './session';\nexport const readMe = () => verifySession();\n",
    'lib/session.ts': 'export const { verifySession } = sessions;\n',
  }, /^app\/api\/export\/route\.ts: only the proxy guards \/api\/export/],
  ['M2: a page that is not public and has no check of its own', {
    'proxy.ts': PROXY("['/((?!_next/static/).*)']").replace("protected: ['/account']", "public: ['/', '/about']"),
    'app/page.tsx': 'export default () => null;\n',
    'app/about/us/page.tsx': 'export default () => null;\n',
    'app/login/page.tsx': 'export default () => null;\n',
    'app/secret/page.tsx': 'export default () => null;\n',
  }, /^app\/secret\/page\.tsx: only the proxy guards \/secret/],
  ['M2: a page of the Pages Router that only the proxy guards', {
    'proxy.ts': PROXY("['/((?!_next/static/).*)']"),
    'pages/_app.tsx': 'export default () => null;\n',
    'pages/account/index.tsx': 'export default () => null;\n',
    'pages/account/more.tsx': 'export const getServerSideProps = ({ req, res }) => pagesRouter.verify(req, res);\n',
  }, /^pages\/account\/index\.tsx: only the proxy guards \/account,/],
  ['M2: a check that runs in the browser or in an action', {
    'proxy.ts': PROXY("['/((?!_next/static/).*)']"),
    'app/account/page.tsx': "import { Name } from './name';\nimport { save } from './actions';\n",
    'app/account/name.tsx': "'use client';\nimport { getSession } from 'latchkey/react';\ngetSession();\n",
    'app/account/actions.ts': "'use server';\nexport const save = async () => verifySession();\n",
  }, /^app\/account\/page\.tsx: only the proxy guards/],
  ['S4: proxy and middleware side by side', {
    'proxy.ts': PROXY("['/((?!_next/static/).*)']"), 'middleware.js': 'export function middleware() {}\n',
  }, /^proxy\.ts and middleware\.js: Next\.js 16 stops when it finds both/],
  ['S4: a proxy where Next.js does not look', {
    'src/app/page.tsx': 'export default () => null;\n', 'proxy.ts': PROXY("['/((?!_next/static/).*)']"),
  }, /^proxy\.ts: Next\.js does not look for it here: move it to src\/proxy\.ts/],
  ['S7: a login page that is not there', {
    '.env': 'LATCHKEY_PUBLIC_URL=https://a.example\n',
    'lib/session.ts': "import { createSessions } from 'latchkey/next';\nexport const { proxy } = createSessions({ pages: { login: '/enter?x=1' } });\n",
    'app/login/page.tsx': 'export default () => null;\n',
  }, /^lib\/session\.ts: \/enter is where visitors without a session are sent, and there is no such page/],
  ['N1: a standalone server with its database inside of the build', {
    '.env': 'LATCHKEY_PUBLIC_URL=https://a.example\n',
    'next.config.ts': GOOD.replace('{}', "{ output: 'standalone' }"),
    'app/login/page.tsx': 'export default () => null;\n',
    'lib/session.ts': "import { createSessions } from 'latchkey/next';\nexport const s = createSessions<User>({ store: process.env.LATCHKEY_STORE ?? 'sqlite:./data/app.db' });\n",
  }, /^lib\/session\.ts: .*standalone.*sqlite:\.\/data\/app\.db.*deletes with every account.*absolute/],
  ['N1: a standalone server with the default store', {
    '.env.production': 'LATCHKEY_PUBLIC_URL="https://a.example"\nLATCHKEY_STORE=data/x.db\n',
    'next.config.ts': GOOD.replace('{}', '{ output: "standalone" }'),
    'app/(auth)/login/page.tsx': 'export default () => null;\n',
    'lib/session.ts': "import { createSessions } from 'latchkey/next';\nexport const s = createSessions();\n",
  }, /^lib\/session\.ts: .*standalone.*deletes with every account/],
  ['middleware where proxy belongs', { 'middleware.ts': "import { x } from 'latchkey/next';" },
    /middleware\.ts: .*rename it to proxy/],
  ['middleware on the edge in Next.js 15', {
    'node_modules/next/package.json': '{"version":"15.5.0"}',
    'lib/session.ts': "import { createSessions } from 'latchkey/next';",
    'middleware.ts': PROXY("['/account']").replaceAll('proxy', 'middleware'),
  }, /middleware\.ts: .*add runtime: 'nodejs'/],
  ['a proxy that Next.js 15 ignores', {
    'node_modules/next/package.json': '{"version":"15.5.0"}',
    'proxy.ts': PROXY("['/account']"),
  }, /proxy\.ts: Next\.js 15 ignores proxy: .*runtime: 'nodejs'/],
  ['middleware that no runtime of Next.js 15.1 can run', {
    'node_modules/next/package.json': '{"version":"15.1.0"}',
    'lib/session.ts': "import { createSessions } from 'latchkey/next';",
    'middleware.ts': PROXY("['/account']").replaceAll('proxy', 'middleware'),
  }, /middleware\.ts: before Next\.js 15\.5 .* remove it/],
  ['two copies', {
    'node_modules/latchkey/package.json': '{}',
    'node_modules/other/node_modules/latchkey/package.json': '{}',
  }, /installed more than once/],
];
for (const [name, files, expected] of BROKEN) {
  test(`doctor finds ${name}, and nothing else`, (t) => {
    const { code, out } = project(t, { 'next.config.ts': GOOD, ...files }).run('doctor');
    assert.match(out, expected);
    assert.match(out, /\n1 thing to mend\.\n$/, out);
    assert.equal(code, 1);
  });
}

test('doctor finds two copies that pnpm made, and takes no link for one', (t) => {
  const { root, run } = project(t, { 'next.config.ts': GOOD });
  const copy = (key) => {
    const folder = join(root, 'node_modules/.pnpm', key, 'node_modules');
    mkdirSync(join(folder, 'latchkey'), { recursive: true });
    writeFileSync(join(folder, 'latchkey/package.json'), '{}');
    return folder;
  };
  const first = copy('latchkey@0.1.0_react@19');
  symlinkSync(join(first, 'latchkey'), join(root, 'node_modules/latchkey'));
  mkdirSync(join(root, 'node_modules/.pnpm/other@1/node_modules'), { recursive: true });
  symlinkSync(join(first, 'latchkey'), join(root, 'node_modules/.pnpm/other@1/node_modules/latchkey'));
  assert.equal(run('doctor').code, 0, run('doctor').out);
  copy('latchkey@0.1.0_react@18');
  assert.match(run('doctor').out, /react@18.*installed more than once/);
});

test('doctor finds that the native part is missing', (t) => {
  const { root } = project(t, { 'next.config.ts': GOOD });
  const copy = join(root, 'node_modules/latchkey');
  for (const part of ['dist', 'package.json']) cpSync(join(PACKAGE, part), join(copy, part), { recursive: true });
  const done = spawnSync(process.execPath, [join(copy, 'dist/cli.js'), 'doctor'], { cwd: root, encoding: 'utf8' });
  assert.match(done.stdout, /^latchkey: latchkey has no native part that runs here .*\.\/dev pack/);
  assert.equal(done.status, 1);
});

test('doctor has nothing to say about middleware with a check of another kind', (t) => {
  const text = "import { decrypt } from '@/lib/session';\nexport const config = { matcher: ['/a'] };\n";
  const { out } = project(t, { 'next.config.ts': GOOD, 'middleware.ts': text,
    'lib/session.ts': "import { jwtVerify } from 'latchkey/jose';\n" }).run('doctor');
  assert.equal(out, 'Nothing is wrong.\n');
});

test('doctor is silent about what is right', (t) => {
  const { code, out } = project(t, {
    'next.config.ts': GOOD,
    'proxy.ts': PROXY("[{ source: '/((?!_next/static/|favicon\\\\.ico$|api/session(?:/|$)).*)' }]"),
    'app/account/page.tsx': "import { verifySession } from '@/lib/session';\nawait verifySession();\n",
    'app/account/help/page.tsx': "import { read } from '../../../lib/dal';\nawait read();\n",
    'lib/dal.ts': "import { verifyAuth } from './session';\nexport const read = () => verifyAuth();\n",
    'app/a.ts': `import { cookies } from 'next/headers';
import { redirect, unstable_rethrow } from 'next/navigation';
// cookies().set() was synchronous once
export async function f() {
  const store = await cookies();
  (await cookies()).get('a');
  const later = getIronSession(cookies(), options);
  const promise = () => cookies();
  try { g(); } catch { log(); }
  try { redirect('/a'); } catch (error) { unstable_rethrow(error); }
  try { h(); } finally { i(); }
  redirect('/b');
}\n`,
  }).run('doctor');
  assert.equal(out, 'Nothing is wrong.\n');
  assert.equal(code, 0);
});


test('M2: what a proxy with languages protects is found below them', (t) => {
  const { out } = project(t, {
    'next.config.ts': GOOD,
    'proxy.ts': PROXY("['/((?!_next/static/).*)']").replace("{ protected", "{ locales, protected"),
    'app/[locale]/account/page.tsx': 'export default () => null;\n',
  }).run('doctor');
  assert.match(out, /^app\/\[locale\]\/account\/page\.tsx: only the proxy guards/);
});

const CALL = "import { createSessions } from 'latchkey/next';\nexport const s = createSessions({";
const LOGIN = { 'next.config.ts': GOOD, 'app/login/page.tsx': 'export default () => null;\n' };

test('S7: doctor notes that production needs an address, which is no fault', (t) => {
  const { run } = project(t, { ...LOGIN, 'lib/session.ts': `${CALL}});\n` });
  const { code, out } = run('doctor');
  assert.equal(code, 0);
  assert.match(out, /^note: lib\/session\.ts: in production every request fails until LATCHKEY_PUBLIC_URL is set/);
  assert.match(out, /\nNothing is wrong\.\n$/);
  for (const files of [{ '.env.production': 'LATCHKEY_PUBLIC_URL=https://a.example\n' },
    { '.env.local': 'A=1\nexport LATCHKEY_PUBLIC_URL="https://a.example"\n' },
    { 'lib/session.ts': `${CALL} publicUrl: process.env.SITE });\n` }]) {
    const quiet = project(t, { ...LOGIN, 'lib/session.ts': `${CALL}});\n`, ...files });
    assert.equal(quiet.run('doctor').out, 'Nothing is wrong.\n', JSON.stringify(files));
  }
});

test('S7: doctor finds a login page in every way to have one', (t) => {
  const page = 'export default () => null;\n';
  for (const [login, path] of [['/login', 'app/(auth)/login/page.tsx'], ['/login', 'pages/login.tsx'],
    ['/login', 'pages/login/index.jsx'], ['/login', 'app/[locale]/login/page.tsx'], ['/a/b', 'app/a/[x]/page.tsx'],
    ['/a/b', 'app/[...all]/page.tsx'], ['/enter', 'app/enter/route.ts'], ['/', 'app/page.tsx'],
    ['https://accounts.example/login', 'app/x/page.tsx']]) {
    const { out } = project(t, { 'next.config.ts': GOOD, [path]: page,
      'lib/session.ts': `${CALL} publicUrl, pages: { login: '${login}' } });\n` }).run('doctor');
    assert.equal(out, 'Nothing is wrong.\n', path);
  }
  const unknown = project(t, { 'next.config.ts': GOOD,
    'lib/session.ts': `${CALL} publicUrl, pages: { login: process.env.LOGIN ?? '/login' } });\n` });
  assert.equal(unknown.run('doctor').out, 'Nothing is wrong.\n');
});

test('N1: doctor has nothing to say about a standalone server whose database is elsewhere', (t) => {
  const config = GOOD.replace('{}', "{ output: 'standalone' }");
  for (const [store, env] of [["'sqlite:/var/lib/app/app.db'", ''], ["'redis://h'", ''],
    ["process.env.LATCHKEY_STORE ?? 'sqlite:./data/app.db'", 'LATCHKEY_STORE=sqlite:/data/app.db\n']]) {
    const { out } = project(t, { ...LOGIN, 'next.config.ts': config, '.env.production': env,
      'lib/session.ts': `${CALL} publicUrl, store: ${store} });\n` }).run('doctor');
    assert.equal(out, 'Nothing is wrong.\n', store);
  }
  const started = project(t, { ...LOGIN, 'lib/session.ts': `${CALL} publicUrl, store: 'sqlite:./data/app.db' });\n` });
  assert.equal(started.run('doctor').out, 'Nothing is wrong.\n', 'next start runs in the project');
});
