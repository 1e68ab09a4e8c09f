import type { Metadata } from 'next';
import Link from 'next/link';
import { readDevices } from '@/lib/dal';
import { nameOfDevice } from '@/lib/device';
import { signOutDevice, signOutElsewhere } from '@/app/actions';

export const metadata: Metadata = { title: 'Your sessions' };

const DATE = new Intl.DateTimeFormat('en', { dateStyle: 'medium', timeStyle: 'short' });

export default async function Devices() {
  const devices = await readDevices();
  return (
    <main className="narrow wide">
      <p className="meta">
        <Link href="/account">Account</Link> / Sessions
      </p>
      <h1>Your sessions</h1>
      {devices === null ? (
        <p className="notice">
          With this carrier nothing is kept on the server, so there is no list. Signing out
          everywhere else works all the same.
        </p>
      ) : (
        <ul className="devices">
          {devices.map((device) => (
            <li key={device.id}>
              <div>
                <strong>{nameOfDevice(device.userAgent)}</strong>
                {device.current && <span className="badge">This device</span>}
                <p className="meta">
                  Signed in {DATE.format(device.createdAt)} · last seen{' '}
                  {DATE.format(device.lastSeenAt)}
                </p>
              </div>
              {!device.current && (
                <form action={signOutDevice}>
                  <input type="hidden" name="id" value={device.id} />
                  <button className="quiet">Sign out</button>
                </form>
              )}
            </li>
          ))}
        </ul>
      )}
      <form action={signOutElsewhere}>
        <button className="button plain">Sign out everywhere else</button>
      </form>
    </main>
  );
}
