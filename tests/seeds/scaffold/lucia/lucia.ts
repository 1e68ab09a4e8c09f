export { lucia } from './auth';
