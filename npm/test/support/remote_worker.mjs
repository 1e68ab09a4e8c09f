// Another process on the same store: answers { validate: token } with the state, or the code of what
// failed.
import { Sessions } from 'latchkey';

const sessions = new Sessions({ store: process.argv[2], publicUrl: 'https://app.example' });
process.on('message', async ({ validate }) => {
  const answer = sessions.validateAsync(validate);
  process.send(await answer.then(({ state }) => state, ({ code }) => code));
});
