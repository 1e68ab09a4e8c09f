/** The `basePath` of Next.js, which its bundlers write in here; elsewhere there is none. */
export function appBasePath(): string {
  try {
    return process.env.__NEXT_ROUTER_BASEPATH ?? '';
  } catch {
    return ''; // a browser without a bundler of Next.js has no `process`
  }
}
