'use client';

export default function Broken({ reset }: { reset: () => void }) {
  return (
    <main className="narrow">
      <h1>That did not work</h1>
      <p className="lead">You are still signed in. Try again in a moment.</p>
      <button className="button plain" onClick={reset}>
        Try again
      </button>
    </main>
  );
}
