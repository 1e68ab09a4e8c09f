// What is used of Next.js. Declared here because its own types would be needed to build the package
// and, with them, a whole Next.js.
declare module 'next/headers' {
  export function cookies(): Promise<import('./next/types').CookieStore>;
  export function headers(): Promise<Headers>;
}
declare module 'next/cache' {
  /** Not before Next.js 16. */
  export const io: (() => Promise<void>) | undefined;
}
declare module 'next/navigation' {
  export function redirect(url: string): never;
  export function usePathname(): string;
  export function useRouter(): { refresh(): void; push(url: string): void };
}
declare module 'next/compat/router' {
  /** null in the App Router. */
  export function useRouter(): object | null;
}
declare module 'next/server' {
  export class NextResponse extends Response {
    readonly cookies: { set(cookie: import('./next/types').CookieToSet): unknown };
    static next(init?: { request?: { headers: Headers } }): NextResponse;
    static redirect(url: URL | string, status?: number): NextResponse;
    static json(body: unknown, init?: ResponseInit): NextResponse;
  }
}
