export { EncryptJWT } from '../../jose';
