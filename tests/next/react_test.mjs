// latchkey/react outside of a running Next.js: a test of one component has no router.
import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { test } from 'node:test';
import { APP } from './support/app.mjs';

const load = createRequire(join(APP, 'package.json'));
const { createElement } = load('react');
const { renderToString } = load('react-dom/server');
const { SessionProvider, useSession } = load('latchkey/react');
const { AppRouterContext } = load('next/dist/shared/lib/app-router-context.shared-runtime');

function Name() {
  const { status, data } = useSession();
  return createElement('p', null, `${status} ${data?.userId ?? 'nobody'}`);
}
const session = { id: 's1', userId: 'ada', version: 1, expiresAt: 9e12 };
const render = (props) => renderToString(createElement(SessionProvider, props, createElement(Name)));

test('N11: without a mounted router the provider and the hooks work', () => {
  assert.match(render({ initialSession: session }), /<p>authenticated ada<\/p>/);
  assert.match(render({ initialSession: null }), /<p>unauthenticated nobody<\/p>/);
  assert.match(render({}), /<p>loading nobody<\/p>/);
});

test('below a mounted router they work as well', () => {
  const router = { refresh() {}, push() {} };
  const tree = createElement(AppRouterContext.Provider, { value: router },
    createElement(SessionProvider, { initialSession: session }, createElement(Name)));
  assert.match(renderToString(tree), /<p>authenticated ada<\/p>/);
});

test('without a provider the hooks say what is missing', () => {
  assert.throws(() => renderToString(createElement(Name)), /<SessionProvider>/);
});
