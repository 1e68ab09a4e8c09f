export { LogoutButton as default } from '@/components/logout-button';
