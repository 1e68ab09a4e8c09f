'use client';

import Link from 'next/link';
import { usePathname } from 'next/navigation';
import { useAtomValue } from 'jotai';
import { useSession } from 'latchkey/react';
import { userAtom } from 'latchkey/jotai';
import { logout } from '@/app/actions';
import { Avatar } from './avatar';

export function Header() {
  const { status } = useSession();
  const user = useAtomValue(userAtom);
  const pathname = usePathname();
  const name = String(user?.username ?? '');
  const link = (href: string, text: string) => (
    <Link href={href} aria-current={pathname.startsWith(href) ? 'page' : undefined}>
      {text}
    </Link>
  );
  return (
    <header className="bar">
      <div className="bar-inner">
        <Link href="/" className="brand">
          <Mark /> Stride
        </Link>
        {status === 'authenticated' ? (
          <nav aria-label="Main">
            {link('/training', 'Training')}
            {link('/account', 'Account')}
            <span className="who" title={name}>
              <Avatar name={name} />
              <span>{name}</span>
            </span>
            <form action={logout}>
              <button className="quiet">Log out</button>
            </form>
          </nav>
        ) : (
          <nav aria-label="Main">
            {link('/login', 'Log in')}
            <Link href="/signup" className="button small">
              Sign up
            </Link>
          </nav>
        )}
      </div>
    </header>
  );
}

function Mark() {
  return (
    <svg viewBox="0 0 32 32" width="26" height="26" aria-hidden="true">
      <rect width="32" height="32" rx="9" fill="var(--accent)" />
      <path
        d="M8 22 14 10l4 8 2-4 4 8"
        fill="none"
        stroke="#fff"
        strokeWidth="2.6"
        strokeLinecap="round"
        strokeLinejoin="round"
      />
    </svg>
  );
}
