export { Invalid as default } from './invalid';
