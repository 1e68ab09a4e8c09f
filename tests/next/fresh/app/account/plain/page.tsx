// A page without a check of its own, as nobody should write it: the proxy alone is before it.
async function act() {
  'use server';
  const { cookies } = await import('next/headers');
  (await cookies()).set('ran', 'action');
}

export default function Page() {
  return (
    <form action={act}>
      <p>Only the proxy guards this</p>
      <button>Act</button>
    </form>
  );
}
