import { SessionManager } from '@/components/session-manager';

export default function Layout({ children }) {
  return <SessionManager>{children}</SessionManager>;
}
