// Makes dbsc.json: proofs of device-bound sessions (the JWTs of Secure-Session-Response) with their
// verdicts, signed by node:crypto. Run by hand; keys and signatures are new each time:
//
//   node make_dbsc_vectors.mjs > dbsc.json
//
// A proof of use "register" brings its key along; one of use "refresh" is checked with the key named
// by `key`. The server has handed out `challenge`. A refused proof is signed by the right key, unless
// its signature or its key is the mutation, so that nothing else is wrong with it.
import { constants, createECDH, createHash, createHmac, createPublicKey, generateKeyPairSync, sign,
  verify } from 'node:crypto';

const CHALLENGE = 'zP3nBvA0c1mT4kqQd8x1sE7uYh2wGfKj';
const OTHER_CHALLENGE = 'Yt6mQx0nVb3sKe9rLp2dHw5aUj8cZf1g';
const ORDER = 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n; // of P-256

const encode = (value) =>
  Buffer.from(typeof value === 'string' ? value : JSON.stringify(value)).toString('base64url');
const number = (bytes) => BigInt(`0x${Buffer.from(bytes).toString('hex')}`);
const octets = (value, length = 32) => Buffer.from(value.toString(16).padStart(2 * length, '0'), 'hex');

const ec = (namedCurve) => generateKeyPairSync('ec', { namedCurve });
const rsa = (modulusLength, publicExponent = 65537) =>
  generateKeyPairSync('rsa', { modulusLength, publicExponent });
const keys = {
  es256: ec('P-256'),
  es256_other: ec('P-256'),
  es384: ec('P-384'),
  k256: ec('secp256k1'),
  rs256: rsa(2048),
  rs256_other: rsa(2048),
  rs256_3072: rsa(3072),
  rs256_2047: rsa(2047),
  rs256_1024: rsa(1024),
  ed25519: generateKeyPairSync('ed25519'),
};
const jwk = (name) => keys[name].publicKey.export({ format: 'jwk' });

/** The signature of `text` as JWS wants it. */
function signature(name, text, { hash = 'sha256', ...how } = {}) {
  const form = { key: keys[name].privateKey, dsaEncoding: 'ieee-p1363', ...how };
  return sign(name === 'ed25519' ? null : hash, Buffer.from(text), form);
}

const join = (header, payload, name, how) => {
  const text = `${encode(header)}.${encode(payload)}`;
  return `${text}.${signature(name, text, how).toString('base64url')}`;
};

const algorithm = (name) => (name.startsWith('rs') ? 'RS256' : 'ES256');
const registration = (name, header = {}, payload = {}, how = {}) =>
  join({ alg: algorithm(name), jwk: jwk(name), typ: 'dbsc+jwt', ...header },
    { jti: CHALLENGE, ...payload }, how.by ?? name, how);
const refresh = (name, header = {}, payload = {}, how = {}) =>
  join({ alg: algorithm(name), typ: 'dbsc+jwt', ...header }, { jti: CHALLENGE, ...payload },
    how.by ?? name, how);

const proofs = [];
const add = (use, verdict, name, proof, key) => {
  if (proofs.some((other) => other.name === name)) throw new Error(`twice: ${name}`);
  proofs.push({ name, use, ...(use === 'refresh' ? { key: key ?? 'es256' } : {}), verdict, proof });
};
const accepted = (use, ...rest) => add(use, 'accepted', ...rest);
const refused = (use, ...rest) => add(use, 'refused', ...rest);

/** `proof` with its signature replaced by what `change` makes of the numbers r and s. */
function resigned(proof, change) {
  const [header, payload, signed] = proof.split('.');
  const bytes = Buffer.from(signed, 'base64url');
  const made = change(number(bytes.subarray(0, 32)), number(bytes.subarray(32)), bytes);
  return `${header}.${payload}.${Buffer.from(made).toString('base64url')}`;
}
const pair = (r, s) => Buffer.concat([octets(r), octets(s)]);
const part = (proof, at, change) => {
  const parts = proof.split('.');
  parts[at] = change(parts[at]);
  return parts.join('.');
};
const text = (encoded) => Buffer.from(encoded, 'base64url').toString();

// ---- Accepted.
accepted('register', 'ES256', registration('es256'));
accepted('register', 'RS256 of 2048 bits', registration('rs256'));
accepted('register', 'RS256 of 3072 bits', registration('rs256_3072'));
accepted('register', 'members in another order, with white space', join(
  ` {"typ": "dbsc+jwt" , "jwk": ${JSON.stringify(jwk('es256'))},\n "alg": "ES256"} `,
  ` { "jti" : "${CHALLENGE}" } `, 'es256'));
accepted('register', 'claims that nobody asked for',
  registration('es256', {}, { aud: 'https://example.com', iat: 1, sub: 'S1' }));
accepted('register', 'a key with members that say nothing new',
  registration('es256', { jwk: { ...jwk('es256'), use: 'sig', kid: 'x' } }));
accepted('refresh', 'ES256 at refresh', refresh('es256'));
accepted('refresh', 'RS256 at refresh', refresh('rs256'), 'rs256');
accepted('refresh', 's replaced by n - s', // is a signature, too; a challenge works once anyway
  resigned(refresh('es256'), (r, s) => pair(r, ORDER - s)));

// ---- The type.
refused('register', 'typ missing', registration('es256', { typ: undefined }));
refused('register', 'typ JWT', registration('es256', { typ: 'JWT' }));
refused('register', 'typ dpop+jwt', registration('es256', { typ: 'dpop+jwt' }));
refused('register', 'typ not a string', registration('es256', { typ: ['dbsc+jwt'] }));
refused('refresh', 'typ JWT at refresh', refresh('es256', { typ: 'JWT' }));

// ---- The algorithm.
const unsigned = (header, payload) => `${encode(header)}.${encode(payload)}.`;
const plainRegistration = { jwk: jwk('es256'), typ: 'dbsc+jwt' };
for (const alg of ['none', 'None', 'NONE', '']) {
  refused('register', `alg "${alg}" without a signature`,
    unsigned({ alg, ...plainRegistration }, { jti: CHALLENGE }));
}
refused('register', 'alg none with a signature', registration('es256', { alg: 'none' }));
refused('refresh', 'alg none at refresh', unsigned({ alg: 'none', typ: 'dbsc+jwt' }, { jti: CHALLENGE }));
refused('register', 'alg missing', registration('es256', { alg: undefined }));
refused('register', 'alg not a string', registration('es256', { alg: 256 }));
refused('register', 'alg in small letters', registration('es256', { alg: 'es256' }));
refused('register', 'alg RS256 with a key for ES256', registration('es256', { alg: 'RS256' }));
refused('register', 'alg ES256 with a key for RS256', registration('rs256', { alg: 'ES256' }));
refused('refresh', 'alg RS256 at refresh of a session of ES256',
  refresh('rs256'), 'es256');
refused('refresh', 'alg ES256 at refresh of a session of RS256', refresh('es256'), 'rs256');
refused('register', 'ES384', registration('es384', { alg: 'ES384' }, {}, { hash: 'sha384' }));
refused('register', 'RS384', registration('rs256', { alg: 'RS384' }, {}, { hash: 'sha384' }));
refused('register', 'RS512', registration('rs256', { alg: 'RS512' }, {}, { hash: 'sha512' }));
const pss = { padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: 32 };
refused('register', 'PS256', registration('rs256', { alg: 'PS256' }, {}, pss));
refused('register', 'alg RS256 with a PSS signature', registration('rs256', {}, {}, pss));
refused('register', 'alg RS256 signed over SHA-1', registration('rs256', {}, {}, { hash: 'sha1' }));
refused('register', 'alg ES256 signed over SHA-384', registration('es256', {}, {}, { hash: 'sha384' }));
refused('register', 'EdDSA', registration('ed25519', { alg: 'EdDSA' }));
const mac = (header, secret) => {
  const signing = `${encode(header)}.${encode({ jti: CHALLENGE })}`;
  return `${signing}.${createHmac('sha256', secret).update(signing).digest('base64url')}`;
};
const pem = (name) => keys[name].publicKey.export({ format: 'pem', type: 'spki' });
refused('register', 'HS256 with the key as its secret',
  mac({ alg: 'HS256', ...plainRegistration }, pem('es256')));
refused('register', 'HS256 with a secret that it brings along',
  mac({ alg: 'HS256', typ: 'dbsc+jwt', jwk: { kty: 'oct', k: encode('secret') } }, 'secret'));
refused('refresh', 'HS256 at refresh, the public key as its secret',
  mac({ alg: 'HS256', typ: 'dbsc+jwt' }, pem('es256')));

// ---- The key.
refused('register', 'jwk missing', registration('es256', { jwk: undefined }));
refused('register', 'jwk null', registration('es256', { jwk: null }));
refused('register', 'jwk a string', registration('es256', { jwk: JSON.stringify(jwk('es256')) }));
refused('register', 'jwk of another key', registration('es256', { jwk: jwk('es256_other') }));
refused('register', 'jwk with the private part', registration('es256',
  { jwk: keys.es256.privateKey.export({ format: 'jwk' }) }));
refused('register', 'RSA jwk with the private part', registration('rs256',
  { jwk: keys.rs256.privateKey.export({ format: 'jwk' }) }));
refused('refresh', 'jwk at refresh, of the right key', refresh('es256', { jwk: jwk('es256') }));
refused('refresh', 'jwk at refresh, of another key',
  refresh('es256_other', { jwk: jwk('es256_other') }));
refused('refresh', 'signed by another key at refresh', refresh('es256_other'));
refused('refresh', 'signed by another RSA key at refresh', refresh('rs256_other'), 'rs256');
const point = jwk('es256');
const coordinate = (name) => number(Buffer.from(point[name], 'base64url'));
const field = (value, length) => octets(value, length).toString('base64url');
const PRIME = 0xffffffff00000001000000000000000000000000ffffffffffffffffffffffffn;
const withPoint = (members) => registration('es256', { jwk: { ...point, ...members } });
refused('register', 'point off the curve', withPoint({ y: field(coordinate('y') ^ 1n) }));
refused('register', 'point (0, 0)', withPoint({ x: field(0n), y: field(0n) }));
refused('register', 'y of the point negated', withPoint({ y: field(PRIME - coordinate('y')) }));
refused('register', 'x of the point is the prime', withPoint({ x: field(PRIME) }));
refused('register', 'x of the point longer', withPoint({ x: field(coordinate('x'), 33) }));
refused('register', 'x of the point shorter', withPoint({ x: point.x.slice(0, -2) }));
refused('register', 'x of the point empty', withPoint({ x: '' }));
refused('register', 'y of the point missing', withPoint({ y: undefined }));
refused('register', 'x of the point padded', withPoint({ x: `${point.x}=` }));
refused('register', 'x of the point a number', withPoint({ x: 1 }));
refused('register', 'curve missing', withPoint({ crv: undefined }));
refused('register', 'curve P-384 named for a point of P-256', withPoint({ crv: 'P-384' }));
refused('register', 'kty RSA named for a point', withPoint({ kty: 'RSA' }));
refused('register', 'kty missing', withPoint({ kty: undefined }));
refused('register', 'alg ES256 with a key of P-384', registration('es384', { alg: 'ES256' }));
refused('register', 'alg ES256 with a key of secp256k1', registration('k256'));
refused('register', 'secp256k1 key said to be of P-256',
  registration('k256', { jwk: { ...jwk('k256'), crv: 'P-256' } }));
refused('register', 'RSA of 1024 bits', registration('rs256_1024'));
refused('register', 'RSA of 2047 bits', registration('rs256_2047'));
const modulus = jwk('rs256');
const withRsa = (members) => registration('rs256', { jwk: { ...modulus, ...members } });
refused('register', 'RSA exponent 1', (() => { // what it signs is its own signature
  const signing = `${encode({ alg: 'RS256', typ: 'dbsc+jwt', jwk: { ...modulus, e: 'AQ' } })}.` +
    encode({ jti: CHALLENGE });
  const digest = Buffer.concat([Buffer.from('3031300d060960864801650304020105000420', 'hex'),
    createHash('sha256').update(signing).digest()]);
  const padded = Buffer.concat([Buffer.of(0, 1), Buffer.alloc(256 - 3 - digest.length, 0xff),
    Buffer.of(0), digest]);
  return `${signing}.${padded.toString('base64url')}`;
})());
refused('register', 'RSA exponent even', withRsa({ e: field(65536n, 3) }));
refused('register', 'RSA exponent empty', withRsa({ e: '' }));
refused('register', 'RSA modulus missing', withRsa({ n: undefined }));
refused('register', 'RSA modulus empty', withRsa({ n: '' }));
refused('register', 'RSA modulus of 32768 bits', withRsa({ n: Buffer.alloc(4096, 0xff).toString('base64url') }));
refused('register', 'certificate in place of a key', registration('es256', { jwk: undefined, x5c: ['MAA='] }));

// ---- The challenge.
refused('register', 'jti of another challenge', registration('es256', {}, { jti: OTHER_CHALLENGE }));
refused('register', 'jti missing', registration('es256', {}, { jti: undefined }));
refused('register', 'jti empty', registration('es256', {}, { jti: '' }));
refused('register', 'jti a list', registration('es256', {}, { jti: [CHALLENGE] }));
refused('register', 'jti with a character more', registration('es256', {}, { jti: `${CHALLENGE}A` }));
refused('register', 'jti with a character less', registration('es256', {}, { jti: CHALLENGE.slice(0, -1) }));
refused('register', 'jti in quotes', registration('es256', {}, { jti: `"${CHALLENGE}"` }));
refused('register', 'jti in other letters', registration('es256', {}, { jti: CHALLENGE.toLowerCase() }));
refused('register', 'jti with a NUL and more', registration('es256', {}, { jti: `${CHALLENGE}\0x` }));
refused('register', 'challenge named nonce', registration('es256', {}, { jti: undefined, nonce: CHALLENGE }));
refused('refresh', 'jti of another challenge at refresh', refresh('es256', {}, { jti: OTHER_CHALLENGE }));
refused('refresh', 'jti missing at refresh', refresh('es256', {}, { jti: undefined }));

// ---- Members twice, critical members, and what else a header may hold.
const raw = (header, payload) => join(header, payload, 'es256');
const headerText = JSON.stringify({ alg: 'ES256', ...plainRegistration });
const payloadText = JSON.stringify({ jti: CHALLENGE });
const twice = (json, member) => `${json.slice(0, -1)},${member}}`;
refused('register', 'alg twice', raw(twice(headerText, '"alg":"ES256"'), payloadText));
refused('register', 'typ twice', raw(twice(headerText, '"typ":"dbsc+jwt"'), payloadText));
refused('register', 'jwk twice', raw(twice(headerText, `"jwk":${JSON.stringify(point)}`), payloadText));
refused('register', 'jti twice, the right one last', raw(headerText, `{"jti":"x","jti":"${CHALLENGE}"}`));
refused('register', 'jti twice, the right one first', raw(headerText, `{"jti":"${CHALLENGE}","jti":"x"}`));
refused('register', 'jti twice, once by an escape',
  raw(headerText, `{"jti":"${CHALLENGE}","\\u006ati":"x"}`));
refused('register', 'a member of the key twice',
  raw(headerText.replace('"crv":"P-256"', '"crv":"P-256","crv":"P-256"'), payloadText));
refused('register', 'a critical member', registration('es256', { crit: ['exp'], exp: 1 }));
refused('register', 'crit empty', registration('es256', { crit: [] }));
refused('register', 'payload not encoded (b64 false)', (() => {
  const header = encode({ alg: 'ES256', ...plainRegistration, b64: false, crit: ['b64'] });
  const signing = `${header}.${payloadText}`;
  return `${signing}.${signature('es256', signing).toString('base64url')}`;
})());
refused('register', 'header a list', raw('["ES256"]', payloadText));
refused('register', 'header no JSON', raw(headerText.slice(0, -1), payloadText));
refused('register', 'payload a string', raw(headerText, `"${CHALLENGE}"`));
refused('register', 'payload empty', raw(headerText, ''));
refused('register', 'bytes after the header', raw(`${headerText}x`, payloadText));
refused('register', 'bytes after the payload', raw(headerText, `${payloadText}{}`));
refused('register', 'header not UTF-8', (() => {
  const header = Buffer.from(`${headerText.slice(0, -1)},"x":"\xff"}`, 'latin1').toString('base64url');
  const signing = `${header}.${encode(payloadText)}`;
  return `${signing}.${signature('es256', signing).toString('base64url')}`;
})());

// ---- The signature.
const good = registration('es256');
const again = refresh('es256');
const goodRsa = registration('rs256');
const flip = (proof, at) => resigned(proof, (r, s, bytes) => {
  bytes[at] ^= 1;
  return bytes;
});
refused('register', 'a bit of r flipped', flip(good, 0));
refused('register', 'a bit of s flipped', flip(good, 63));
refused('register', 'a bit of an RSA signature flipped', flip(goodRsa, 200));
refused('register', 'signature in DER', registration('es256', {}, {}, { dsaEncoding: 'der' }));
refused('refresh', 'signature in DER at refresh', refresh('es256', {}, {}, { dsaEncoding: 'der' }));
const replaced = { 'r = 0': (r, s) => pair(0n, s), 's = 0': (r) => pair(r, 0n),
  'r = s = 0': () => pair(0n, 0n), 'r = n': (r, s) => pair(ORDER, s), 's = n': (r) => pair(r, ORDER),
  'r = n, s = n': () => pair(ORDER, ORDER), 'r = 0, s = n': () => pair(0n, ORDER),
  'r = s = 1': () => pair(1n, 1n), 'r = n + 1': (r, s) => pair(ORDER + 1n, s),
  'r and s at their largest': () => Buffer.alloc(64, 0xff), 'r and s swapped': (r, s) => pair(s, r),
  'r replaced by n - r': (r, s) => pair(ORDER - r, s) };
for (const [name, change] of Object.entries(replaced)) {
  refused('refresh', `signature ${name}`, resigned(again, change));
  refused('register', `signature ${name}, at registration`, resigned(good, change));
}
refused('refresh', 'signature with a byte more', resigned(again, (r, s, b) => Buffer.concat([b, Buffer.of(0)])));
refused('refresh', 'signature with a byte less', resigned(again, (r, s, b) => b.subarray(0, 63)));
refused('refresh', 'signature with a zero before r and s',
  resigned(again, (r, s) => Buffer.concat([octets(r, 33), octets(s, 33)])));
refused('refresh', 'signature of r alone', resigned(again, (r) => octets(r)));
refused('refresh', 'signature empty', resigned(again, () => Buffer.alloc(0)));
refused('refresh', 'RSA signature with a zero before it',
  resigned(refresh('rs256'), (r, s, b) => Buffer.concat([Buffer.of(0), b])), 'rs256');
refused('refresh', 'RSA signature all zeros', resigned(refresh('rs256'), () => Buffer.alloc(256)), 'rs256');
refused('refresh', 'signature of another proof',
  `${refresh('es256', {}, { x: 1 }).replace(/\.[^.]*$/, '')}.${again.split('.')[2]}`);
refused('refresh', 'proof of a registration at refresh', good);
refused('register', 'proof of a refresh at registration', again);

// A signature of which s is so small that s + n has 32 bytes as well: its key is computed from it.
const smallKey = (() => {
  const signing = again.slice(0, again.lastIndexOf('.'));
  const nonce = createECDH('prime256v1');
  nonce.generateKeys();
  const k = number(nonce.getPrivateKey());
  const r = number(nonce.getPublicKey().subarray(1, 33)) % ORDER;
  const s = 5n;
  const z = number(createHash('sha256').update(signing).digest());
  const inverse = (value, exponent = ORDER - 2n) => {
    let result = 1n;
    for (let base = value % ORDER; exponent > 0n; exponent >>= 1n, base = (base * base) % ORDER) {
      if (exponent & 1n) result = (result * base) % ORDER;
    }
    return result;
  };
  const owner = createECDH('prime256v1');
  owner.setPrivateKey(octets(((((s * k - z) % ORDER) + ORDER) * inverse(r)) % ORDER));
  const bytes = owner.getPublicKey();
  const key = { kty: 'EC', crv: 'P-256', x: bytes.subarray(1, 33).toString('base64url'),
    y: bytes.subarray(33).toString('base64url') };
  const signed = (value) => `${signing}.${pair(r, value).toString('base64url')}`;
  accepted('refresh', 'signature with a small s', signed(s), 'es256_small');
  refused('refresh', 'signature with a small s, plus n', signed(s + ORDER), 'es256_small');
  return key;
})();

// ---- The form.
refused('register', 'empty', '');
refused('register', 'dots alone', '..');
refused('register', 'two parts', good.slice(0, good.lastIndexOf('.')));
refused('register', 'four parts', `${good}.`);
refused('register', 'five parts', `${good}.${again}`);
refused('register', 'bytes after the signature', `${good}AAAA`);
refused('register', 'a space after it', `${good} `);
refused('register', 'a line end after it', `${good}\n`);
refused('register', 'a quote after it', `${good}"`);
refused('register', 'header padded', part(good, 0, (p) => `${p}=`));
refused('register', 'signature padded', `${good}==`);
refused('register', 'signature in base64 with + and /',
  part(again, 2, () => Buffer.alloc(64, 0xfb).toString('base64').replace(/=/g, '')));
refused('register', 'unused bits of the signature set', part(good, 2, (p) => {
  const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
  return p.slice(0, -1) + letters[letters.indexOf(p.at(-1)) | 1]; // 64 bytes leave four bits unused
}));
refused('register', 'white space inside', part(good, 1, (p) => `${p.slice(0, 4)} ${p.slice(4)}`));
refused('register', 'a payload changed after signing',
  part(good, 1, (p) => encode(JSON.stringify({ ...JSON.parse(text(p)), sub: 'x' }))));
refused('register', 'a header changed after signing',
  part(good, 0, (p) => encode(JSON.stringify({ ...JSON.parse(text(p)), kid: 'x' }))));
refused('register', 'JSON serialisation in place of compact', (() => {
  const [head, payload, signed] = good.split('.');
  return JSON.stringify({ protected: head, payload, signature: signed });
})());
refused('register', '64 KiB of header', registration('es256', { x: 'A'.repeat(48 * 1024) }));
refused('register', 'nested 4000 deep', raw(
  `${headerText.slice(0, -1)},"x":${'['.repeat(4000)}${']'.repeat(4000)}}`, payloadText));

// ---- What the accepted ones say is checked here by the implementation that signed them.
const stored = Object.fromEntries(['es256', 'es256_other', 'rs256'].map((name) => [name, jwk(name)]));
stored.es256_small = smallKey;
for (const { name, use, key, verdict, proof } of proofs) {
  if (verdict !== 'accepted') continue;
  const [head, payload, signed] = proof.split('.');
  const header = JSON.parse(text(head));
  const publicKey = createPublicKey({ key: use === 'register' ? header.jwk : stored[key], format: 'jwk' });
  const right = verify('sha256', Buffer.from(`${head}.${payload}`), { key: publicKey,
    dsaEncoding: 'ieee-p1363' }, Buffer.from(signed, 'base64url'));
  if (!right || JSON.parse(text(payload)).jti !== CHALLENGE) throw new Error(`not accepted: ${name}`);
}

console.log(JSON.stringify({
  about: 'Proofs of device-bound sessions and their verdicts, made by make_dbsc_vectors.mjs. ' +
    '«challenge» is the one the server handed out; a proof of use refresh is checked with the key ' +
    'named by its «key».',
  node: process.version,
  challenge: CHALLENGE,
  keys: stored,
  proofs,
}, null, 1));
