// Opens Debian's Chromium with a profile of its own and notes whatever goes wrong in it.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chromium } from 'playwright-core';

const FLAGS = ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run',
  '--disable-background-networking', '--disable-component-update', '--disable-sync'];

// Chromium reports a page that was answered 401 or 409 as an error; for a refused form it is none.
const REFUSED_FORM = /^Failed to load resource: the server responded with a status of 4\d\d/;

export const newProfileDirectory = () => mkdtemp(join(tmpdir(), 'latchkey-profile-'));

/**
 * Opens a browser. With `directory` the profile is kept when it is closed, otherwise it is deleted.
 * close() throws when a page logged an error, threw, or was answered 5xx, unless it matches `wanted`.
 */
export async function openBrowser({ url, directory, javaScript = true, flags = [], wanted, ...options }) {
  const profile = directory ?? (await newProfileDirectory());
  const context = await chromium.launchPersistentContext(profile, {
    executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
    headless: true,
    args: [...FLAGS, ...flags,
      ...(options.ignoreHTTPSErrors ? ['--ignore-certificate-errors'] : [])],
    // With the back/forward cache, as in a real browser: "Back" is part of the test.
    ignoreDefaultArgs: ['--disable-back-forward-cache'],
    javaScriptEnabled: javaScript,
    baseURL: url,
    ...options,
  });
  context.setDefaultTimeout(15_000);
  const problems = [];
  const watch = (page) => {
    page.on('pageerror', (error) => problems.push(`page error: ${error}`));
    page.on('console', (message) => {
      if (message.type() === 'error' && !REFUSED_FORM.test(message.text())) {
        problems.push(`console: ${message.text()}`);
      }
    });
    page.on('response', (response) => {
      if (response.status() >= 500) problems.push(`${response.status()} from ${response.url()}`);
    });
  };
  context.pages().forEach(watch);
  context.on('page', watch);
  return {
    context,
    page: context.pages()[0] ?? (await context.newPage()),
    async close() {
      await context.close();
      if (!directory) await rm(profile, { recursive: true, force: true });
      const unwanted = problems.filter((problem) => !wanted?.test(problem));
      if (unwanted.length > 0) throw new Error(unwanted.join('\n'));
    },
  };
}

/**
 * Goes one step back. While Chromium puts the page that was left into its back/forward cache, the
 * driver is told "Not attached to an active page" for a moment; the step was not taken then.
 */
export async function goBack(page) {
  for (let attempt = 1; ; attempt++) {
    try {
      return await page.goBack();
    } catch (error) {
      if (attempt === 20 || !/Not attached to an active page/.test(error.message)) throw error;
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }
}
