import type { Metadata } from 'next';
import type { ReactNode } from 'react';
import { Toaster } from 'sonner';
import { SessionProvider } from 'latchkey/react';
import { Atoms } from '@/components/atoms';
import { Header } from '@/components/header';
import { SessionManager } from '@/components/session-manager';
import { sessions } from '@/lib/session';
import './style.css';

export const metadata: Metadata = {
  title: { default: 'Stride: train a little, every day', template: '%s · Stride' },
  description: 'Short training plans that remember how far you are.',
};

export default async function Layout({ children }: { children: ReactNode }) {
  // The browser begins with what the server knows and asks nothing.
  const { providerProps } = await sessions();
  return (
    <html lang="en">
      <body>
        <SessionProvider {...await providerProps()} warnBefore={60}>
          <Atoms>
            <Header />
            {children}
            <SessionManager />
          </Atoms>
        </SessionProvider>
        <Toaster position="bottom-center" closeButton />
      </body>
    </html>
  );
}
