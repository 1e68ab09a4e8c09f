import Link from 'next/link';

export default function NotFound() {
  return (
    <main className="narrow">
      <h1>Nothing here</h1>
      <p className="lead">This page does not exist, or not any more.</p>
      <Link href="/" className="button plain">
        Home
      </Link>
    </main>
  );
}
