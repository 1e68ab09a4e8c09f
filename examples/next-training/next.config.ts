import { withSessions } from 'latchkey/next/config';

export default withSessions({
  // Keeps what people type into forms out of the development log.
  logging: { serverFunctions: false },
  output: process.env.NEXT_OUTPUT === 'standalone' ? ('standalone' as const) : undefined,
});
