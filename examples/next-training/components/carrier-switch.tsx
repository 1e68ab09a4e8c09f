import { cookies } from 'next/headers';
import { chooseCarrier } from '@/app/actions';
import { CARRIER_COOKIE, CARRIERS, isCarrier, type Carrier } from '@/lib/carriers';

/** Four ways for a session to travel, on one switch. */
export async function CarrierSwitch() {
  const value = (await cookies()).get(CARRIER_COOKIE)?.value;
  const chosen: Carrier = isCarrier(value) ? value : 'stored';
  return (
    <form action={chooseCarrier} className="carriers" aria-label="How your session travels">
      {Object.entries(CARRIERS).map(([name, { title }]) => (
        <button key={name} name="carrier" value={name} aria-pressed={name === chosen}>
          {title}
        </button>
      ))}
      <p className="hint">{CARRIERS[chosen].text}</p>
    </form>
  );
}
