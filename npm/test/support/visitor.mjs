// One visitor of a program that uses iron-session, with the cookies of a browser.
import { fakeResponse } from './http.mjs';

// split takes name, value and the rest of a Set-Cookie line apart.
function split(line) {
  const [, name, value, rest] = /^([^=]*)=([^;]*)(.*)$/s.exec(line);
  return { name, value, rest };
}

const isSeal = (value) => value.length > 1;

export class Visitor {
  cookies = new Map();
  constructor(iron, peerVersion) {
    this.iron = iron;
    this.version = peerVersion; // nothing for a peer: it is one version
  }

  #header(others) {
    const pairs = [...this.cookies].map(([name, value]) => `${name}=${value}`);
    return [others, ...pairs].filter((pair) => pair !== '').join('; ');
  }

  #store(written) {
    const { cookies } = this;
    const found = (name) => (cookies.has(name) ? { name, value: cookies.get(name) } : undefined);
    return {
      get: found,
      getAll: () => [...cookies.keys()].map(found),
      set: (name, value, options) => written.push({ name, value, rest: options }),
    };
  }

  // arguments returns what getIronSession is called with, and what reads back what was written.
  #source(request, options) {
    const header = this.#header(request.others);
    const written = [];
    const store = this.#store(written);
    const nodeRequest = { headers: { cookie: header } };
    const webRequest = new Request('https://app.example/', { headers: { cookie: header } });
    const ofHeaders = (headers) => () => headers.getSetCookie().map(split);
    switch (request.source) {
      case 'nothing':
        return [[undefined, options], () => []];
      case 'web': {
        const response = new Response('body');
        return [[webRequest, response, options], ofHeaders(response.headers)];
      }
      case 'headers': {
        const headers = new Headers();
        return [[this.iron.webCookies(webRequest, headers), options], ofHeaders(headers)];
      }
      case 'store':
        return [[store, options], () => written];
      case 'proxy': {
        const next = { cookies: store };
        const seen = { cookies: { ...store, set: (name, value) => written.push({ name, value }) } };
        return [[this.iron.nextProxyCookies(seen, next), options], () => written];
      }
      case 'jar': {
        const read = (name) => this.cookies.get(name);
        const write = (name, value, rest) => written.push({ name, value, rest });
        return [[{ read, write }, options], () => written];
      }
      default: {
        const response = fakeResponse(request.source === 'sent');
        if (request.later === 1) response.setHeader('Set-Cookie', 'before=1');
        return [[nodeRequest, response, options], () => response.lines().map(split)];
      }
    }
  }

  #keep(written) {
    for (const { name, value, rest } of written) {
      const gone = value === '' || /Max-Age=(0|-)/.test(rest) || rest?.maxAge <= 0;
      if (gone) this.cookies.delete(name);
      else this.cookies.set(name, value);
    }
  }

  // visit returns what the program and the browser got to see, without the seals themselves.
  async visit(request) {
    const told = [];
    const onUnsealError = (reason) => told.push(reason);
    const options = (given) => ({
      ...given,
      onUnsealError,
      ...(this.version && { version: this.version }),
    });
    if (request.lostCookie) this.cookies.delete(request.lostCookie);
    const damaged = [...this.cookies].map(([name, value]) => [name, request.damage?.(value)]);
    if (request.damage) this.cookies = new Map(damaged);
    const [given, writtenBy] = this.#source(request, options(request.options));
    const steps = [];
    const attempt = async (action) => {
      try {
        steps.push((await action()) ?? 'done');
        return true;
      } catch (error) {
        steps.push(`${error.name}: ${error.message}`);
        return false;
      }
    };
    let session;
    if (await attempt(async () => void (session = await this.iron.getIronSession(...given)))) {
      steps.push({ ...session });
      for (const action of request.actions) await attempt(() => act(session, action, options));
    }
    const written = writtenBy();
    const lines = written.map(({ name, value, rest }) => ({
      name,
      value: isSeal(value) ? `${value.length} characters` : value,
      rest,
    }));
    this.#keep(written);
    return { steps, told, lines, data: session && { ...session } };
  }
}

async function act(session, action, options) {
  if (action.save) await session.save();
  if (action.destroy) await session.destroy();
  if (action.remove) delete session[action.remove];
  if (action.set) session[action.set[0]] = action.set[1];
  if (action.update) session.updateConfig(options(action.update));
}
