import { startServer } from './support/server.mjs';
import { describeWalk } from './support/walk.mjs';

describeWalk('The pages of the server', { start: startServer, devices: '/sessions', home: '/' });
