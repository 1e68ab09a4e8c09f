// Opens a browser on an application for one test, and closes it whatever happens.
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
