// Stands in for the parts of Next.js that latchkey/next imports. Import it first.
import Module from 'node:module';

class FakeCookies {
  constructor(header, writable) {
    this.jar = new Map();
    this.written = [];
    for (const pair of header.split('; ').filter(Boolean)) {
      const [name, value] = [pair.slice(0, pair.indexOf('=')), pair.slice(pair.indexOf('=') + 1)];
      this.jar.set(name, value);
    }
    const refuse = () => {
      throw new Error('Cookies can only be modified in a Server Action or Route Handler.');
    };
    this.set = writable ? (cookie) => this.#write(cookie) : refuse;
    this.delete = writable ? (name) => this.#write({ name, value: '', maxAge: 0 }) : refuse;
  }
  #write(cookie) {
    this.written.push(cookie);
    if (cookie.maxAge === 0) this.jar.delete(cookie.name);
    else this.jar.set(cookie.name, cookie.value);
  }
  sealed() {
    const pairs = this.getAll().map(({ name, value }) => `${name}=${value}`);
    return new FakeCookies(pairs.join('; '), false);
  }
  get(name) {
    return this.jar.has(name) ? { name, value: this.jar.get(name) } : undefined;
  }
  getAll() {
    return [...this.jar].map(([name, value]) => ({ name, value }));
  }
}

let current;

/**
 * Runs `call` as the page, action or handler of a request; `render` then renders the page in the same
 * request, with what it has written, as Next.js does after an action.
 */
export async function during(where, { cookie = '', headers = {} }, call, render) {
  const action = where === 'action' ? { 'next-action': 'x' } : {};
  current = {
    cookies: new FakeCookies(cookie, where !== 'page'),
    headers: new Headers({ ...(cookie && { cookie }), ...action, ...headers }),
  };
  const { cookies } = current;
  try {
    const value = await call();
    current.cookies = render ? cookies.sealed() : cookies;
    return { value, rendered: await render?.(), written: cookies.written };
  } catch (error) {
    return { error, redirect: error.url, status: error.url === undefined ? error.digest?.split(';')[1] : undefined, written: cookies.written };
  } finally {
    current = undefined;
  }
}

class NextResponse extends Response {
  get cookies() {
    return {
      set: ({ name, value, maxAge, domain, path = '/' }) => {
        const attributes = [maxAge === 0 && 'Max-Age=0', domain && `Domain=${domain}`, path !== '/' && `Path=${path}`];
        this.headers.append('set-cookie', [`${name}=${value}`, ...attributes.filter(Boolean)].join('; '));
      },
    };
  }
  static next() {
    return new NextResponse(null, { headers: { 'x-middleware-next': '1' } });
  }
  static redirect(url, status = 307) {
    return new NextResponse(null, { status, headers: { location: String(url) } });
  }
  static json(body, init) {
    return new NextResponse(JSON.stringify(body), init);
  }
}

const FAKES = {
  'next/headers': { cookies: async () => current.cookies, headers: async () => current.headers },
  'next/cache': {},
  'next/navigation': {
    redirect(url) {
      throw Object.assign(new Error('NEXT_REDIRECT'), { url, digest: `NEXT_REDIRECT;replace;${url};307;` });
    },
  },
  'next/server': { NextResponse },
};

const load = Module._load;
Module._load = function fake(name, ...rest) {
  return FAKES[name] ?? load.call(this, name, ...rest);
};
