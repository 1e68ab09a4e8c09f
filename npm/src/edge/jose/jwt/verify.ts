export { jwtVerify } from '../../jose';
