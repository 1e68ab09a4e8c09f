export { jwtDecrypt } from '../../jose';
