// Packages of npm/test/peers, which this package stands in for.
import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';

const require = createRequire(new URL('../peers/package.json', import.meta.url));

export const requirePeer = (name) => require(name);
export const importPeer = (name) => import(pathToFileURL(require.resolve(name)).href);
