// The cookies of a browser (RFC 6265): to it, another path or domain is another cookie.

const attribute = (line, name) => new RegExp(`; ?${name}=([^;]*)`, 'i').exec(line)?.[1];

export class Browser {
  #cookies = new Map();

  // Takes the Set-Cookie lines of a response, in their order.
  take(lines) {
    for (const line of lines) {
      const [, name, value] = /^([^=]*)=([^;]*)/.exec(line);
      const [path, domain] = [attribute(line, 'path') ?? '', attribute(line, 'domain') ?? ''];
      const key = `${name} ${path} ${domain}`;
      if (Number(attribute(line, 'max-age') ?? 1) <= 0) this.#cookies.delete(key);
      else this.#cookies.set(key, { name, value, path, place: `${path} ${domain}` });
    }
  }

  // The cookies it sends; those of the longest path first.
  pairs() {
    const all = [...this.#cookies.values()].sort((a, b) => b.path.length - a.path.length);
    return all.map(({ name, value }) => [name, value]);
  }

  header() {
    return print(this.pairs());
  }

  // What it would send if it had the cookies of one path and domain only, for each of them.
  headers() {
    const all = [...this.#cookies.values()];
    const places = [...new Set(all.map(({ place }) => place))];
    return places.map((place) =>
      print(all.filter((cookie) => cookie.place === place).map(({ name, value }) => [name, value])),
    );
  }

  static line(name, value, { maxAge, path, domain }) {
    const parts = { 'Max-Age': maxAge, Path: path, Domain: domain };
    const given = Object.entries(parts).filter(([, part]) => part !== undefined);
    return [`${name}=${value}`, ...given.map((part) => part.join('='))].join('; ');
  }
}

const print = (pairs) => pairs.map((pair) => pair.join('=')).join('; ');
