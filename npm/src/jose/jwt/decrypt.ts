export { jwtDecrypt } from '../../jose';
export type { JWTDecryptGetKey, JWTDecryptOptions } from '../types';
