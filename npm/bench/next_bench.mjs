// The check of latchkey/next's proxy function beside what a proxy.ts does with iron-session or jose.
// Next.js itself is pretended, in the same way for both sides: only the checks differ. A request
// through a real proxy.ts costs hundreds of microseconds, whoever checks it.
import '../test/support/fake_next.mjs';
import { createRequire } from 'node:module';
import { check, importPeer } from './harness.mjs';
import { ironSession } from './codec_bench.mjs';

const { createSessions } = await import('latchkey/next');
const { NextResponse } = createRequire(import.meta.url)('next/server');
const secret = 'kR7vN2pQ9sT4wX1zB6dF3gH8jL5mC0aE';
const guarded = { protected: ['/training'] };

// A request with one cookie, as NextRequest shows it: what is already read costs nobody anything.
function visit(name, value) {
  const request = new Request('http://localhost:3000/training', {
    headers: { cookie: `${name}=${value}` },
  });
  request.nextUrl = { pathname: '/training', search: '' };
  request.cookies = { get: (wanted) => (wanted === name ? { name, value } : undefined), set() {} };
  return request;
}

async function ours(carrier) {
  const store = `memory:bench-${carrier}`;
  const { core, proxy } = createSessions({ store, carrier, secret, publicUrl: 'http://localhost:3000' });
  const requests = [];
  for (let i = 0; i < 64; i++) {
    const { token } = await core.create(`u${i}`);
    requests.push(visit(core.cookie.name, token));
  }
  const run = (i) => proxy(requests[i % requests.length], guarded);
  check((await run(7)).headers.has('x-middleware-next'), 'the user passes');
  check((await proxy(visit(core.cookie.name, 'x'), guarded)).status !== 200, 'others do not');
  return run;
}

// The pattern of its documentation: getIronSession, and on without a user.
async function besideIron(compare) {
  const [real, peer] = await ironSession();
  const options = { cookieName: 'session', password: secret };
  const requests = [];
  for (let i = 0; i < 64; i++) requests.push(visit('session', await real.sealData({ userId: `u${i}` }, options)));
  const theirs = async (request) => {
    const session = await real.getIronSession(request.cookies, options);
    return session.userId ? NextResponse.next() : NextResponse.redirect(new URL('/login', request.url));
  };
  check((await theirs(requests[7])).headers.has('x-middleware-next'), 'the user passes');
  check((await theirs(visit('session', 'x'))).status === 307, 'others do not');
  return compare({ budget: 10, peer, ours: await ours('sealed'), theirs: (i) => theirs(requests[i % requests.length]) });
}

async function besideJose(compare) {
  const { SignJWT, jwtVerify } = await importPeer('jose');
  const key = new TextEncoder().encode(secret);
  const only = { algorithms: ['HS256'] };
  const requests = [];
  for (let i = 0; i < 64; i++) {
    const claims = new SignJWT({ userId: `u${i}` }).setProtectedHeader({ alg: 'HS256' });
    requests.push(visit('session', await claims.setIssuedAt().setExpirationTime('7d').sign(key)));
  }
  const theirs = async (request) => {
    const token = request.cookies.get('session')?.value ?? '';
    const found = await jwtVerify(token, key, only).catch(() => null);
    return found?.payload.userId ? NextResponse.next() : NextResponse.redirect(new URL('/login', request.url));
  };
  check((await theirs(requests[7])).headers.has('x-middleware-next'), 'the user passes');
  check((await theirs(visit('session', 'x'))).status === 307, 'others do not');
  const peer = `jose 6.2.17, Node ${process.versions.node}`;
  return compare({ budget: 2, peer, ours: await ours('signed'), theirs: (i) => theirs(requests[i % requests.length]) });
}

export const benchmarks = [
  { name: 'next_proxy_check', what: 'the proxy function with a sealed session', run: besideIron },
  { name: 'next_proxy_check_jwt', what: 'the proxy function with a signed session', run: besideJose },
];
