import { hasNative } from 'latchkey/native';

/**
 * Where there is no addon for this machine an entry has the functions of its twin for the edge, which
 * needs WebCrypto alone. Called at the end of the entry, before anybody has seen what it exports.
 */
export function replaceWithoutNative(exported: Record<string, unknown>, twin: () => object): void {
  if (hasNative()) return;
  for (const [name, value] of Object.entries(twin())) {
    if (Object.getOwnPropertyDescriptor(exported, name)?.writable) exported[name] = value;
  }
}
