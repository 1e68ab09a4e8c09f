import { NextResponse } from 'next/server';

type Proxy<Request, Event> = (
  request: Request,
  event: Event,
) => Response | null | undefined | void | Promise<Response | null | undefined | void>;

const NEXT = 'x-middleware-next';
const OVERRIDES = 'x-middleware-override-headers';
const SET_COOKIE = 'x-middleware-set-cookie';

/**
 * Joins several proxy functions. They run in order; the first that answers, redirects or rewrites
 * ends it. Headers and cookies of those before it are kept.
 */
export function compose<Request, Event = unknown>(
  ...proxies: readonly Proxy<Request, Event>[]
): (request: Request, event: Event) => Promise<Response> {
  return async (request, event) => {
    let joined: Response = NextResponse.next();
    for (const proxy of proxies) {
      const answer = await proxy(request, event);
      if (!answer) continue;
      joined = join(joined, answer);
      if (!answer.headers.has(NEXT)) break;
    }
    return joined;
  };
}

function join(before: Response, answer: Response): Response {
  for (const cookie of before.headers.getSetCookie()) answer.headers.append('set-cookie', cookie);
  for (const [name, value] of before.headers) {
    if (name === 'set-cookie' || name === NEXT) continue;
    const own = answer.headers.get(name);
    // Who sets a cookie says that no cache may keep it, and the next cannot take that back.
    const binding = name === 'cache-control' && value.includes('no-store');
    if (own === null || binding) answer.headers.set(name, value);
    else if (name === OVERRIDES || name === SET_COOKIE) {
      answer.headers.set(name, [...new Set([...value.split(','), ...own.split(',')])].join(','));
    }
  }
  return answer;
}
