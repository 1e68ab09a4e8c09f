export interface Lesson {
  id: string;
  title: string;
  minutes: number;
  level: 'Easy' | 'Steady' | 'Hard';
  about: string;
  steps: string[];
}

export const LESSONS: readonly Lesson[] = [
  {
    id: 'mobility',
    title: 'Morning mobility',
    minutes: 12,
    level: 'Easy',
    about: 'Wake up hips, shoulders and ankles before the day asks something of them.',
    steps: [
      'Cat and cow, ten slow breaths',
      'World’s greatest stretch, five each side',
      'Ankle rocks against the wall, fifteen each side',
      'Wall slides, two sets of eight',
    ],
  },
  {
    id: 'core',
    title: 'Core without crunches',
    minutes: 18,
    level: 'Steady',
    about: 'Four holds that teach the trunk to resist rather than to bend.',
    steps: [
      'Dead bug, three sets of eight',
      'Side plank, thirty seconds each side',
      'Bird dog with a pause, three sets of six',
      'Suitcase carry, four times twenty metres',
    ],
  },
  {
    id: 'intervals',
    title: 'Hill intervals',
    minutes: 35,
    level: 'Hard',
    about: 'Short climbs, long breath. Walk down, and start again only when you can talk.',
    steps: [
      'Ten minutes easy running',
      'Eight times forty-five seconds uphill',
      'Walk down after each climb',
      'Ten minutes easy, then stretch your calves',
    ],
  },
  {
    id: 'stretch',
    title: 'Evening stretch',
    minutes: 15,
    level: 'Easy',
    about: 'Nothing to achieve. Breathe out for longer than you breathe in.',
    steps: [
      'Couch stretch, ninety seconds each side',
      'Figure four, sixty seconds each side',
      'Child’s pose, two minutes',
      'Legs up the wall, as long as you like',
    ],
  },
];

export function findLesson(id: string): Lesson | undefined {
  return LESSONS.find((lesson) => lesson.id === id);
}
