import type { NextConfig } from 'next';
import { withSessions } from 'latchkey/next/config';

const nextConfig: NextConfig = { basePath: '/app', cacheComponents: true, partialPrefetching: true };

export default withSessions(nextConfig);
