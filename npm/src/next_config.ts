// What Turbopack sees in the import, and what webpack sees in the path of the file.
const NATIVE = ['latchkey/native', 'latchkey/dist/native'];

interface NextConfig {
  serverExternalPackages?: string[] | undefined;
}

/**
 * Completes `next.config.ts`: bundlers cannot take in a native binary, so its entry stays outside
 * of the bundle. Works with a function, too.
 */
export function withSessions<Config extends object>(config: Config = {} as Config): Config {
  if (typeof config === 'function') {
    const make = config as unknown as (...given: unknown[]) => object | Promise<object>;
    return (async (...given: unknown[]) => complete(await make(...given))) as unknown as Config;
  }
  return complete(config) as Config;
}

function complete(config: NextConfig): NextConfig {
  const listed = config.serverExternalPackages ?? [];
  const missing = NATIVE.filter((name) => !listed.includes(name));
  return { ...config, serverExternalPackages: [...listed, ...missing] };
}
