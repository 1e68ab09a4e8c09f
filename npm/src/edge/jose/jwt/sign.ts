export { SignJWT } from '../../jose';
