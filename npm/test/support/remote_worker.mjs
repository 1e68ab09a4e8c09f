// Another process on the same store: answers { validate: token } with the state.
import { Sessions } from 'latchkey';

const sessions = new Sessions({ store: process.argv[2], publicUrl: 'https://app.example' });
process.on('message', async ({ validate }) => {
  process.send((await sessions.validateAsync(validate)).state);
});
