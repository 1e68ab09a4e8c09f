import { Status } from '@/components/status';

export default function Home() {
  return (
    <>
      <h1>Home</h1>
      <Status />
    </>
  );
}
