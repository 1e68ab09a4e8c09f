import { withSessions } from 'latchkey/next/config';

export default withSessions({});
