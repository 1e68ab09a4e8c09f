// A response of Node's http, as far as cookies are concerned.
export function fakeResponse(headersSent = false) {
  const headers = new Map();
  return {
    headersSent,
    getHeader: (name) => headers.get(name.toLowerCase()),
    setHeader: (name, value) => headers.set(name.toLowerCase(), value),
    lines: () => [headers.get('set-cookie') ?? []].flat(),
  };
}
