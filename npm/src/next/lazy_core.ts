import { Sessions } from '../sessions';

/**
 * Stands for the sessions underneath without opening them, so that `core` can be taken out of what
 * `createSessions` returns at the top of a module, where `next build` has no settings.
 */
export function lazyCore(sessions: () => Sessions): Sessions {
  return new Proxy(Object.create(Sessions.prototype) as Sessions, {
    get(target, name) {
      // `await` and inspection read it as a value, and use nothing of it.
      if (typeof name === 'symbol' || name === 'then') return Reflect.get(target, name);
      const real = sessions();
      const value: unknown = Reflect.get(real, name);
      return typeof value === 'function' ? value.bind(real) : value;
    },
    set: (_target, name, value) => Reflect.set(sessions(), name, value),
  });
}
