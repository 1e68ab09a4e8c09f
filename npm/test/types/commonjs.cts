import latchkey = require('latchkey');
import lucia = require('latchkey/lucia');

export const sessions = new latchkey.Sessions({ store: 'memory:' });
export const span: number = new lucia.TimeSpan(1, 'd').seconds();
