// Opens a browser on an application for one test, and closes it whatever happens.
import { once } from 'node:events';
import { get } from 'node:http';
import { openBrowser } from '../../browser/support/browser.mjs';

export async function visit(app, run, options = {}) {
  const browser = await openBrowser({ url: app.url, ...options });
  let done = false;
  try {
    await run(browser);
    done = true;
  } finally {
    // What the page complained of does not hide what the test found.
    await browser.close().catch((error) => {
      if (done) throw error;
    });
  }
}

/** open asks for a page as a person's browser does; fetch would say that a script asks. */
export async function open(url, cookie) {
  const headers = { cookie, accept: 'text/html', 'sec-fetch-mode': 'navigate' };
  const [answer] = await once(get(url, { headers }), 'response');
  answer.resume();
  await once(answer, 'end');
  return { status: answer.statusCode, headers: answer.headers };
}
