// Random calls of jose's API, as data that each implementation runs.
import { createHmac, createSecretKey, webcrypto } from 'node:crypto';

export const NOW = 1763683200;

const b64u = (text) => Buffer.from(text).toString('base64url');
const secretBytes = (length) => new Uint8Array(Buffer.alloc(length, 'a secret of the scripts '));
const SECRET = secretBytes(32);
const LONG_SECRET = secretBytes(64);

async function hmacKey(bits, usages) {
  const algorithm = { name: 'HMAC', hash: `SHA-${bits}` };
  return webcrypto.subtle.importKey('raw', SECRET, algorithm, false, usages);
}
async function aesKey(name, length, usages) {
  return webcrypto.subtle.importKey('raw', secretBytes(length), name, false, usages);
}
const pair = await webcrypto.subtle.generateKey({ name: 'ECDSA', namedCurve: 'P-256' }, false, [
  'sign',
  'verify',
]);

const JWK = { kty: 'oct', k: b64u(SECRET) };
export const KEYS = {
  secret: SECRET,
  long: LONG_SECRET,
  short: secretBytes(1),
  empty: secretBytes(0),
  sixteen: secretBytes(16),
  buffer: Buffer.from(SECRET),
  object: createSecretKey(SECRET),
  hmac256: await hmacKey(256, ['sign', 'verify']),
  hmac384: await hmacKey(384, ['sign', 'verify']),
  verifyOnly: await hmacKey(256, ['verify']),
  gcm: await aesKey('AES-GCM', 32, ['encrypt', 'decrypt']),
  gcm128: await aesKey('AES-GCM', 16, ['encrypt', 'decrypt']),
  encryptOnly: await aesKey('AES-GCM', 32, ['encrypt']),
  cbc: await aesKey('AES-CBC', 32, ['encrypt', 'decrypt']),
  publicKey: pair.publicKey,
  jwk: JWK,
  jwkLong: { kty: 'oct', k: b64u(LONG_SECRET) },
  jwkAlg: { ...JWK, alg: 'HS256' },
  jwkGcm: { ...JWK, alg: 'A256GCM', use: 'enc' },
  jwkUse: { ...JWK, use: 'sig' },
  jwkOps: { ...JWK, key_ops: ['verify', 'decrypt'] },
  jwkOpsTwice: { ...JWK, key_ops: ['verify', 'verify'] },
  jwkExt: { ...JWK, ext: 'yes' },
  jwkEc: { kty: 'EC', crv: 'P-256', x: 'a', y: 'b' },
  jwkNone: { k: b64u(SECRET) },
  text: 'a secret of the scripts as text',
  nothing: undefined,
  null: null,
  list: [1, 2],
  date: new Date(0),
};
const USUAL_KEYS = ['secret', 'secret', 'secret', 'object', 'hmac256', 'jwk', 'buffer'];

const TIMES = [
  undefined,
  NOW,
  NOW - 61,
  NOW + 61,
  NOW + 0.5,
  0,
  -1,
  NaN,
  Infinity,
  '7d',
  '1 hour ago',
  '-5 min',
  '+ 2 hours from now',
  '1M',
  '90 seconds',
  'soon',
  '',
  '1h30m',
  new Date(NOW * 1000 + 1999),
  new Date(NaN),
  null,
  {},
];
const TEXTS = ['a', 'b', '', 'ü', undefined, 5, null, ['a'], ['a', 'b'], ['a', 5]];

function claims(choices) {
  if (choices.chance(30)) return choices.pick([[], 'text', null, 5, new Map(), new Date(0)]);
  const value = () =>
    choices.pick([
      1,
      -0,
      1e21,
      'x',
      'ä\u{1F600}',
      true,
      null,
      undefined,
      [1, [2]],
      { a: { b: 1 } },
    ]);
  return choices.some(
    {
      userId: 'u1',
      iss: () => choices.pick(TEXTS),
      aud: () => choices.pick(TEXTS),
      sub: () => choices.pick(TEXTS),
      exp: () => choices.pick([NOW, NOW + 1, NOW - 1, NOW - 30, NOW * 1000, '5', null, 1e400]),
      nbf: () => choices.pick([NOW, NOW + 1, NOW + 30, 'x']),
      iat: () => choices.pick([NOW, NOW + 40, NOW - 40, true, -Infinity]),
      nested: value,
      __proto__: value,
      constructor: value,
    },
    3,
  );
}

function header(choices, usual) {
  if (choices.chance(60)) return choices.pick([undefined, null, [], 'x', { x: 1n }]);
  return {
    ...usual,
    ...choices.some({ alg: () => choices.pick(['HS256', 'HS384', 'HS512']) }, 4),
    ...choices.some(
      {
        typ: () => choices.pick(['JWT', 'jwt', 'application/JWT', 5]),
        kid: () => choices.pick(['k1', 1]),
        cty: 'x',
      },
      6,
    ),
    ...choices.some(
      {
        alg: () => choices.pick(['none', 'RS256', 'ES256', 'HS1', '', 5, undefined, 'toString']),
        crit: () => choices.pick([['b64'], ['x'], ['b64', 'b64'], [], 'b64', [''], ['exp']]),
        b64: () => choices.pick([true, false, 'no']),
        x: 1,
        enc: () => choices.pick(['A128GCM', 'A192CBC-HS384', 'A256KW', '', 7]),
        zip: () => choices.pick(['DEF', 'GZ', '']),
        iss: 'a',
        aud: () => choices.pick(['a', ['a']]),
      },
      25,
    ),
  };
}

const SETTERS = {
  setIssuer: TEXTS,
  setSubject: TEXTS,
  setAudience: TEXTS,
  setJti: TEXTS,
  setNotBefore: TIMES,
  setExpirationTime: TIMES,
  setIssuedAt: TIMES,
};

function setters(choices) {
  const list = [];
  while (!choices.chance(3)) {
    const name = choices.pick(Object.keys(SETTERS));
    // Most arguments are fine, or nearly every script would end here.
    const usual = name.includes('Time') || name.includes('At') || name.includes('Before');
    const given = SETTERS[name];
    list.push([name, choices.chance(6) ? choices.pick(given) : usual ? '2h' : 'a']);
  }
  if (choices.chance(30)) list.push(['setProtectedHeader', { alg: 'HS256' }]);
  return list;
}

const keyName = (choices, usual = USUAL_KEYS) =>
  choices.chance(5) ? choices.pick(Object.keys(KEYS)) : choices.pick(usual);

function claimOptions(choices) {
  return choices.some(
    {
      issuer: () => choices.pick(['a', 'b', ['a', 'b'], []]),
      audience: () => choices.pick(['a', 'b', ['a', 'c'], []]),
      subject: () => choices.pick(['a', 'b']),
      typ: () => choices.pick(['JWT', 'application/jwt', 'x']),
      clockTolerance: () => choices.pick([0, 5, '30 s', 'soon', -1, NaN, null, true, '1 min']),
      maxTokenAge: () => choices.pick([60, '1 minute', 'x', -1, NaN, 5]),
      requiredClaims: () => choices.pick([['exp'], ['userId', 'exp'], [], ['toString']]),
      currentDate: () => choices.pick([new Date((NOW + 10) * 1000), new Date(NaN)]),
    },
    7,
  );
}

function verifyOptions(choices) {
  if (choices.chance(3)) return undefined;
  return {
    ...claimOptions(choices),
    ...choices.some(
      {
        algorithms: () => choices.pick([['HS256'], ['HS256', 'HS512'], [], 'HS256', [5], ['none']]),
        crit: () => choices.pick([{ x: true }, { x: false }, {}]),
      },
      6,
    ),
  };
}

function decryptOptions(choices) {
  return {
    ...claimOptions(choices),
    ...choices.some(
      {
        keyManagementAlgorithms: () => choices.pick([['dir'], ['A256KW'], [], 'dir']),
        contentEncryptionAlgorithms: () => choices.pick([['A256GCM'], ['A256CBC-HS512'], []]),
        crit: () => choices.pick([{ x: true }, {}]),
        maxPBES2Count: () => choices.pick([0, 5, 'x']),
        maxDecompressedLength: () => choices.pick([0, 5, -1, Infinity]),
      },
      12,
    ),
  };
}

const jsonOf = (value) => JSON.stringify(value, (_, one) => (typeof one === 'bigint' ? 1 : one));

// A token with any header and any payload, whose MAC is right.
function forge(choices) {
  const head = choices.chance(8)
    ? choices.pick(['', '{', '[]', '"x"', '\ufeff{"alg":"HS256"}', '{"alg":"HS256","alg":"HS512"}'])
    : (jsonOf(header(choices, { alg: 'HS256' })) ?? 'null');
  const payload = choices.chance(6)
    ? choices.pick(['', '{', '[]', 'null', Buffer.from('7b22ff223a317d', 'hex'), '\ufeff{"a":1}'])
    : (jsonOf(claims(choices)) ?? '');
  const input = `${b64u(head)}.${b64u(payload)}`;
  const bits = /HS(256|384|512)/.exec(head)?.[1] ?? '256';
  return `${input}.${createHmac(`sha${bits}`, SECRET).update(input).digest('base64url')}`;
}

function damage(choices, token) {
  const at = choices.below(token.length + 1);
  switch (choices.below(9)) {
    case 0:
      return (
        token.slice(0, at) +
        choices.pick(['A', '.', '=', ' ', '\n', '+', '/', 'ä']) +
        token.slice(at)
      );
    case 1:
      return token.slice(0, at) + token.slice(at + 1);
    case 2:
      return token.slice(0, at);
    case 3:
      return choices.pick([
        '',
        '.',
        '..',
        '...',
        '....',
        'a.b.c',
        'a.b.c.d.e',
        `${token}.`,
        `.${token}`,
      ]);
    case 4:
      return choices.pick([undefined, null, 5, {}, Buffer.from(token), new Uint8Array([255])]);
    case 5:
      return token.split('.').reverse().join('.');
    case 6:
      return `${token}${choices.pick(['=', '==', ' ', 'A', 'AA'])}`;
    default:
      return token.slice(0, at) + choices.pick(['A', 'B', '_', '-']) + token.slice(at + 1);
  }
}

const DIRECT = [
  ['A256GCM', ['secret', 'object', 'jwk', 'gcm', 'secret']],
  ['A256CBC-HS512', ['long', 'jwkLong', 'long']],
  ['A128GCM', ['sixteen', 'gcm128']],
  ['A128CBC-HS256', ['secret']],
];

// nextCall makes a call; `tokens` are those that calls before it made.
export function nextCall(choices, tokens) {
  const found = (kind) => tokens[kind][choices.below(Math.max(tokens[kind].length, 1))];
  const maybeDamaged = (token) => (choices.chance(3) && token ? damage(choices, token) : token);
  const kind = choices.pick(['sign', 'verify', 'verify', 'encrypt', 'decrypt', 'decrypt', 'other']);
  switch (kind) {
    case 'sign':
      return {
        kind,
        claims: claims(choices),
        setters: setters(choices),
        header: header(choices, { alg: 'HS256' }),
        key: keyName(choices),
        options: choices.chance(8) ? { crit: { x: true, exp: true } } : undefined,
      };
    case 'verify': {
      const token = choices.chance(2) ? forge(choices) : (found('jws') ?? forge(choices));
      const getter = choices.chance(8);
      return {
        kind,
        token: maybeDamaged(token),
        key: keyName(choices),
        getter,
        options: verifyOptions(choices),
      };
    }
    case 'encrypt': {
      const [enc, usual] = choices.pick(DIRECT);
      return {
        kind,
        claims: claims(choices),
        setters: setters(choices),
        header: { ...header(choices, { enc }), ...(choices.chance(9) ? {} : { alg: 'dir' }) },
        key: keyName(choices, usual),
        iv: choices.bytes(choices.chance(20) ? 7 : enc.endsWith('GCM') ? 12 : 16),
        replicate: choices.chance(4),
      };
    }
    case 'decrypt': {
      const made = found('jwe') ?? { token: 'a.b.c.d.e', key: 'secret' };
      const key = keyName(choices, [made.key]);
      const options = choices.chance(2) ? decryptOptions(choices) : undefined;
      return { kind, token: maybeDamaged(made.token), key, getter: choices.chance(8), options };
    }
    default:
      return {
        kind: choices.pick(['decodeJwt', 'decodeProtectedHeader', 'unsecured', 'base64url']),
        claims: claims(choices),
        token: maybeDamaged(choices.chance(2) ? forge(choices) : (found('unsecured') ?? 'a.b.')),
        options: claimOptions(choices),
      };
  }
}
