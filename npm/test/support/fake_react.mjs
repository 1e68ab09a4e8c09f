// So much of React and of Next.js's router that latchkey/react and latchkey/jotai run without them.
// Import it first.
import Module, { createRequire } from 'node:module';

const require = createRequire(import.meta.url);
let now = null; // the component that renders

const same = (a, b) => a && b && a.length === b.length && a.every((one, i) => Object.is(one, b[i]));
const hook = (make) => {
  const { hooks } = now;
  const at = now.at++;
  return (hooks[at] ??= make());
};
const memo = (value, deps) => {
  const kept = hook(() => ({}));
  if (!same(kept.deps, deps)) Object.assign(kept, { value, deps });
  return kept.value;
};
const useEffect = (run, deps) => {
  const kept = hook(() => ({}));
  if (deps && same(kept.deps, deps)) return;
  const { root } = now;
  kept.deps = deps;
  root.effects.push(() => {
    kept.undo?.();
    kept.undo = run();
    root.undo.set(kept, () => kept.undo?.());
  });
};
const useState = (first) => [hook(() => ({ value: typeof first === 'function' ? first() : first })).value];
const react = {
  createElement: (type, props, ...children) => ({ type, props: { ...props, ...(children.length && { children }) } }),
  createContext: () => {
    const context = { value: null };
    context.Provider = { context };
    return context;
  },
  useContext: (context) => context.value,
  Suspense: {},
  useCallback: memo, useRef: (value) => hook(() => ({ current: value })), useState, useEffect,
  useSyncExternalStore: (subscribe, get) => {
    useEffect(() => subscribe(() => {}), [subscribe]);
    return get();
  },
};

/** The router that the components find: `app` is none outside of Next.js, `pages` none below app/. */
export const router = { app: null, pages: null, path: '/' };
const FAKES = {
  react,
  jotai: require('jotai/vanilla'),
  'next/compat/router': { useRouter: () => router.pages },
  'next/navigation': {
    usePathname: () => router.path,
    useRouter: () => {
      if (!router.app) throw new Error('invariant expected app router to be mounted');
      return router.app;
    },
  },
};
const load = Module._load;
Module._load = (name, ...rest) => FAKES[name] ?? load(name, ...rest);

/** Renders a component until `unmount`; each `render` is one more with other properties. */
export function mount(component, first = {}) {
  const root = { effects: [], undo: new Map(), kept: new Map() };
  const draw = (element, path) => {
    if (Array.isArray(element)) return element.forEach((one, i) => draw(one, `${path}/${i}`));
    if (!element?.type) return undefined;
    const { type, props } = element;
    if (typeof type !== 'function') {
      const { context } = type;
      const around = context?.value;
      if (context) context.value = props.value;
      draw(props.children, path);
      if (context) context.value = around;
      return undefined;
    }
    const before = now;
    if (!root.kept.has(path)) root.kept.set(path, []);
    now = { root, hooks: root.kept.get(path), at: 0 };
    try {
      const drawn = type(props);
      draw(drawn, `${path}/${type.name}`);
    } finally {
      now = before;
    }
    return undefined;
  };
  const render = (props) => {
    draw({ type: component, props }, '');
    root.effects.splice(0).forEach((run) => run());
  };
  render(first);
  return { render, unmount: () => root.undo.forEach((undo) => undo()) };
}
export const element = react.createElement;
