// Sessions.begin, which says who asks and what goes back, beside the two calls that tell who asks.
import { Sessions } from 'latchkey';
import { check } from './harness.mjs';

const AT_MOST = 1.3; // of what the two calls cost

async function begin(compare) {
  const sessions = new Sessions({ store: 'memory:bench-begin', publicUrl: 'http://localhost:3000' });
  const requests = [];
  for (let i = 0; i < 64; i++) {
    const { token } = await sessions.create(`u${i}`);
    const headers = {
      host: 'localhost:3000',
      accept: 'text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8',
      'user-agent': 'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0',
      'sec-fetch-site': 'same-origin',
      'sec-fetch-mode': 'navigate',
      'sec-fetch-dest': 'document',
      cookie: `theme=dark; ${sessions.cookie.name}=${token}`,
    };
    requests.push({ method: 'GET', url: '/training', headers });
  }
  const facts = { withUser: true };
  const ours = (i) => sessions.begin(requests[i % requests.length], facts);
  const theirs = (i) => {
    const { cookie } = requests[i % requests.length].headers;
    return sessions.validateAsync(sessions.readCookie(cookie), facts);
  };
  const { state, session, headers } = await ours(7);
  check(state === 'user' && session.userId === 'u7' && headers.length === 2, 'the user is found');
  check((await theirs(7)).session.userId === 'u7', 'on both ways');
  check((await sessions.begin({ headers: {} })).state === 'none', 'others are nobody');
  return compare({ budget: 1 / AT_MOST, peer: 'readCookie and validateAsync', ours, theirs });
}

export const benchmarks = [
  { name: 'addon_begin', what: 'who asks and what goes back, a signed-in GET, memory', run: begin },
];
