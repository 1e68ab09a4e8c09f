export { decodeJwt } from '../unsecured';
