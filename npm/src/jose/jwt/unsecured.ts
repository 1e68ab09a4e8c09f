export { UnsecuredJWT } from '../unsecured';
export type { UnsecuredResult } from '../types';
