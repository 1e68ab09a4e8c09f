import { SessionManager } from '@/components/manager-redirect';

export default function Page() {
  return <SessionManager><h1>For users</h1></SessionManager>;
}
