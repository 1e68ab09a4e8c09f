import Link from 'next/link';

export default function About() {
  return (
    <>
      <h1>The same for everybody</h1>
      <Link href="/streamed">Streamed</Link>
    </>
  );
}
