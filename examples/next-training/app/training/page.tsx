import type { Metadata } from 'next';
import Link from 'next/link';
import { readTraining } from '@/lib/dal';

export const metadata: Metadata = { title: 'Training' };

export default async function Training() {
  const lessons = await readTraining();
  const done = lessons.filter((lesson) => lesson.done).length;
  return (
    <main className="page">
      <h1>Your training</h1>
      <p className="lead">
        {done === 0
          ? 'Pick one to begin with.'
          : done === lessons.length
            ? 'All done. Rest is part of it.'
            : `${done} of ${lessons.length} done.`}
      </p>
      <progress max={lessons.length} value={done} aria-label="Lessons done" />
      <ul className="cards">
        {lessons.map((lesson) => (
          <li key={lesson.id} className={lesson.done ? 'card is-done' : 'card'}>
            <span className={`level ${lesson.level.toLowerCase()}`}>{lesson.level}</span>
            <h2>
              <Link href={`/training/${lesson.id}`}>{lesson.title}</Link>
            </h2>
            <p>{lesson.about}</p>
            <p className="meta">
              {lesson.minutes} minutes{lesson.done && ' · done'}
            </p>
          </li>
        ))}
      </ul>
    </main>
  );
}
