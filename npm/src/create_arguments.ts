import { attributesText, checkOptions } from './arguments';
import type { CreateOptions } from './sessions_types';

/** What the core is given of a new session: attributes as JSON. It judges the others. */
export function createArguments(options: CreateOptions): object {
  checkOptions(options);
  const { attributes, ...others } = options;
  if (attributes === undefined) return others;
  return { ...others, attributes: attributesText(attributes) };
}
