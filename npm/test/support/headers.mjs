/** The Set-Cookie values among the headers that `Sessions.begin` returns. */
export const setCookiesOf = (headers) =>
  headers.filter(([name]) => name === 'Set-Cookie').map(([, value]) => value);
