export { jwtVerify } from '../../jose';
export type { JWTVerifyGetKey, JWTVerifyOptions } from '../types';
