export { decodeProtectedHeader } from '../unsecured';
export type { ProtectedHeaderParameters } from '../types';
