import Link from 'next/link';
import { CarrierSwitch } from '@/components/carrier-switch';
import { LESSONS } from '@/lib/lessons';
import { sessions } from '@/lib/session';

export default async function Home() {
  const { getSession } = await sessions();
  const session = await getSession();
  return (
    <main className="page">
      <section className="hero">
        <div>
          <p className="eyebrow">Twelve minutes are enough</p>
          <h1>
            Train a little,
            <br />
            every day.
          </h1>
          <p className="lead">
            Four short plans that remember how far you are, on every device you are signed in on.
          </p>
          <p className="row">
            {session ? (
              <Link href="/training" className="button">
                Continue training
              </Link>
            ) : (
              <>
                <Link href="/signup" className="button">
                  Start for free
                </Link>
                <Link href="/login" className="button plain">
                  I have an account
                </Link>
              </>
            )}
          </p>
        </div>
        <Rings />
      </section>
      <ul className="cards" aria-label="Plans">
        {LESSONS.map((lesson) => (
          <li key={lesson.id} className="card">
            <span className={`level ${lesson.level.toLowerCase()}`}>{lesson.level}</span>
            <h2>{lesson.title}</h2>
            <p>{lesson.about}</p>
            <p className="meta">{lesson.minutes} minutes</p>
          </li>
        ))}
      </ul>
      <section className="panel">
        <h2>How your session travels</h2>
        <p>
          This is an example application of latchkey. Switch, sign in again, and look at the cookie:
          everything else stays the same.
        </p>
        <CarrierSwitch />
      </section>
    </main>
  );
}

/** Four plans, four rings. */
function Rings() {
  return (
    <svg className="rings" viewBox="0 0 200 200" aria-hidden="true">
      {LESSONS.map((lesson, i) => {
        const radius = 88 - i * 20;
        const length = 2 * Math.PI * radius;
        const part = Math.min(lesson.minutes / 40, 0.92);
        return (
          <g key={lesson.id} fill="none" strokeWidth="13" strokeLinecap="round">
            <circle cx="100" cy="100" r={radius} className="ring-ground" />
            <circle
              cx="100"
              cy="100"
              r={radius}
              className={`ring r${i}`}
              strokeDasharray={`${length * part} ${length}`}
              transform="rotate(-90 100 100)"
            />
          </g>
        );
      })}
    </svg>
  );
}
