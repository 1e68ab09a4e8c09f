// Random requests of a visitor, as data that each implementation of iron-session runs.

export const NOW = 1763683200;

const PASSWORDS = {
  first: 'Gbm49ATjnqnkCCCdhV4uDBhbfnPqsCW0',
  second: 'second_password_that_is_long_enough_0002',
  emoji: '\u{1F600}'.repeat(16),
  short: 'bm49ATjnqnkCCCdhV4uDBhbfnPqsCW0',
};
const GOOD_MAPS = [
  PASSWORDS.first,
  PASSWORDS.emoji,
  { 1: PASSWORDS.first, 2: PASSWORDS.second },
  { 9: PASSWORDS.first, 10: PASSWORDS.second },
];
const BAD_MAPS = [
  PASSWORDS.short,
  '',
  undefined,
  {},
  { 1: PASSWORDS.first, 2: PASSWORDS.short },
  { main: PASSWORDS.first },
  { 1.5: PASSWORDS.first },
  { '-1': PASSWORDS.first },
];
const passwordOf = (choices) =>
  choices.chance(25) ? choices.pick(BAD_MAPS) : choices.pick(GOOD_MAPS);

export function dataOf(choices, top = true) {
  if (!top && choices.chance(2)) {
    return choices.pick(['', 'ä\u{1F600}', 1.5, -0, 1e300, true, null, [], {}, '\u2028"\\']);
  }
  if (choices.chance(30)) {
    return choices.pick([
      new Date(0),
      NaN,
      Infinity,
      1n,
      () => 1,
      Symbol('s'),
      new Map(),
      { toJSON: () => 1 },
      Object.create({ inherited: 1 }),
      Object.assign(Object.create(null), { bare: 1 }),
    ]);
  }
  if (choices.chance(6)) return choices.text(choices.pick([5, 100, 1000, 2900, 9000, 13000]));
  const list = Array.from({ length: choices.below(3) }, () => dataOf(choices, false));
  return choices.pick([list, Object.fromEntries(list.map((value, i) => [`m${i}`, value]))]);
}

function cookieOptions(choices) {
  return choices.some(
    {
      httpOnly: () => choices.pick([false, undefined, true]),
      secure: () => choices.pick([false, undefined]),
      sameSite: () => choices.pick(['none', 'Strict', true, false, 'lax', 'other']),
      path: () => choices.pick(['/app', undefined, '', '/a;b']),
      domain: () => choices.pick(['example.com', '.example.com', 'a\nb', 'ä.example']),
      maxAge: () => choices.pick([undefined, 60, 0, -1, 1.5, NaN]),
      expires: () => new Date((NOW + choices.pick([3600, -3600])) * 1000),
      priority: () => choices.pick(['high', 'Low', 'other']),
      partitioned: true,
    },
    8,
  );
}

function optionsOf(choices) {
  const odd = choices.chance(12);
  return {
    cookieName: odd ? choices.pick(['', 'a b', 'ä', '__Host-sid', undefined]) : 'sid',
    password: passwordOf(choices),
    ...choices.some({ ttl: () => choices.pick([0, 30, 60, 61, 120, 3600, -100]) }, 4),
    ...choices.some({ cookieOptions: () => cookieOptions(choices) }, 3),
    ...choices.some({ chunk: true }, 2),
  };
}

// What a program's one options object looks like.
export function usualOptions(choices) {
  if (choices.chance(3)) return optionsOf(choices);
  const password = choices.pick(GOOD_MAPS);
  return { cookieName: 'sid', password, ...choices.some({ chunk: true, ttl: 3600 }, 2) };
}

const SOURCES = ['node', 'node', 'web', 'store', 'sent', 'nothing'];
const NEW_SOURCES = [...SOURCES, 'proxy', 'jar', 'headers'];

function actionOf(choices, options) {
  switch (choices.below(8)) {
    case 0:
      return { destroy: true };
    case 1:
      return { remove: `m${choices.below(3)}` };
    case 2:
      return { update: choices.chance(2) ? optionsOf(choices) : { ...options, cookieName: 'two' } };
    case 3:
    case 4:
      return { set: [`m${choices.below(3)}`, dataOf(choices, choices.chance(2))] };
    default:
      return { save: true };
  }
}

// What happens to the cookies between two requests; the same to both visitors. No seal has a `!`.
const DAMAGES = [
  (value, at) => `${value.slice(0, at)}!${value.slice(at + 1)}`,
  (value, at) => value.slice(0, at),
  (value) => value.replace('Fe26.2', 'Fe26.1'),
  (value) => value.replace(/^(Fe26\.2\*)\w*/, '$17'),
  (value) => value.replace(/^(Fe26\.2\*)\w*/, '$1'),
  (value) => value.replace('~2', ''),
  (value) => value.replace('~2', '~1'),
  (value) => value.replace('~2', '~ 2x~3'),
  (value) => `${value}*`,
  (value) => value.replace(/\*17\d+\*/, '**'),
  (value) => value.replace(/\*17\d+\*/, '*17x*'),
  () => 'a*b*c*d*e*f*g*h',
  () => '',
  (value) => `"${value}"`,
];

// requestOf makes a visitor's next request: what changed meanwhile, and what the program does.
export function requestOf(choices, version, usual) {
  const options = choices.chance(4) ? optionsOf(choices) : usual;
  const damage = choices.chance(4) ? choices.pick(DAMAGES) : undefined;
  const position = choices.below(300);
  return {
    source: choices.pick(version === 8 ? SOURCES : NEW_SOURCES),
    options,
    later: choices.pick([0, 0, 0, 0, 0, 1, 59, 61, 130, 4000, 1300000]),
    damage: damage && ((value) => damage(value, position)),
    lostCookie: choices.chance(12) ? `sid.${choices.below(3)}` : undefined,
    others: choices.pick(['', 'a=%', '=x; a=b', ' ;;sid2=3', 'sid', '\tb\t=\t"c"']),
    actions: [
      ...(choices.chance(2) ? [{ set: ['m0', dataOf(choices)] }] : []),
      ...Array.from({ length: choices.below(choices.pick([4, 4, 9])) }, () =>
        actionOf(choices, options),
      ),
    ],
  };
}

// A call of sealData, and of unsealData on what it made.
export function sealCallOf(choices) {
  return {
    data: choices.chance(8) ? choices.pick([undefined, null, 'text', 5, [1, 2]]) : dataOf(choices),
    seal: {
      password: passwordOf(choices),
      ...choices.some({ ttl: () => choices.pick([0, 1, 60, 3600]) }, 2),
    },
    unseal: { password: passwordOf(choices) },
    later: choices.pick([0, 0, 30, 61, 130]),
  };
}
