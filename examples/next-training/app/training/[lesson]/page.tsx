import Link from 'next/link';
import { notFound } from 'next/navigation';
import { markLesson } from '@/app/actions';
import { readLesson } from '@/lib/dal';

type Params = Promise<{ lesson: string }>;

export default async function LessonPage({ params }: { params: Params }) {
  const lesson = await readLesson((await params).lesson);
  if (!lesson) notFound();
  return (
    <main className="narrow wide">
      <p className="meta">
        <Link href="/training">Training</Link> / {lesson.level}
      </p>
      <h1>{lesson.title}</h1>
      <p className="lead">{lesson.about}</p>
      <ol className="steps">
        {lesson.steps.map((step) => (
          <li key={step}>{step}</li>
        ))}
      </ol>
      <form action={markLesson} className="row">
        <input type="hidden" name="lesson" value={lesson.id} />
        <button className="button" name="done" value={lesson.done ? 'no' : 'yes'}>
          {lesson.done ? 'Not done after all' : `Done in ${lesson.minutes} minutes`}
        </button>
        <Link href="/training" className="button plain">
          Back
        </Link>
      </form>
    </main>
  );
}
