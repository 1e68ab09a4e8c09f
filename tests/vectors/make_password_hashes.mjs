// Makes password_hashes.json with the packages that the hashes come from. Run once, by hand:
//
//   npm install lucia@3.2.2 lucia2@npm:lucia@2.7.7 oslo@1.2.1 better-auth@1.7.25 bcryptjs@3.0.3 \
//     @node-rs/bcrypt@2.0.0 argon2@0.45.1 @node-rs/argon2@2.2.1 @phc/pbkdf2@1.1.14
//   apt-get install argon2 python3-django python3-passlib python3-werkzeug
//   node make_password_hashes.mjs > password_hashes.json
import { execFileSync } from 'node:child_process';
import { pbkdf2Sync, randomBytes, scryptSync } from 'node:crypto';
import { readFileSync } from 'node:fs';
import * as lucia3 from 'lucia';
import * as lucia2 from 'lucia2/utils';
import * as oslo from 'oslo/password';
import * as betterAuth from 'better-auth/crypto';
import bcryptjs from 'bcryptjs';
import * as rsBcrypt from '@node-rs/bcrypt';
import argon2 from 'argon2';
import * as rsArgon2 from '@node-rs/argon2';
import pbkdf2 from '@phc/pbkdf2';

const version = (name) =>
  `${name} ${JSON.parse(readFileSync(`node_modules/${name}/package.json`)).version}`;
const vectors = [];
const add = (source, kind, password, hash) => vectors.push({ source, kind, password, hash });

const plain = 'correct horse battery staple';
const compatible = 'ﬁve Ångström² пароль 😀'; // other letters in the form NFKC
const seventyTwo = 'é'.repeat(36);

for (const password of [plain, compatible]) {
  add(`${version('lucia')}, Scrypt`, 'lucia-scrypt', password, await new lucia3.Scrypt().hash(password));
  add(`${version('lucia')}, LegacyScrypt`, 'lucia-scrypt', password, await new lucia3.LegacyScrypt().hash(password));
  add('lucia 2.7.7, generateLuciaPasswordHash', 'lucia-scrypt', password, await lucia2.generateLuciaPasswordHash(password));
  add(`${version('oslo')}, Scrypt`, 'lucia-scrypt', password, await new oslo.Scrypt().hash(password));
  add(version('better-auth'), 'lucia-scrypt', password, await betterAuth.hashPassword(password));
  add(`${version('oslo')}, Argon2id`, 'argon2id', password, await new oslo.Argon2id().hash(password));
  add(`${version('oslo')}, Bcrypt`, 'bcrypt', password, await new oslo.Bcrypt({ cost: 4 }).hash(password));
  add(version('bcryptjs'), 'bcrypt', password, bcryptjs.hashSync(password, 5));
  add(version('@node-rs/bcrypt'), 'bcrypt', password, await rsBcrypt.hash(password, { cost: 4 }));
  add(version('@node-rs/argon2'), 'argon2id', password, await rsArgon2.hash(password));
}
// What Lucia 1 wrote has no package that still writes it; lucia's own LegacyScrypt checks it.
const salt = 'k3v9x0q2m7t5b1zy';
const oldest = `${salt}:${scryptSync(plain, salt, 64, { N: 16384, r: 8, p: 1 }).toString('hex')}`;
if (!(await new lucia3.LegacyScrypt().verify(oldest, plain))) throw new Error('not as Lucia reads it');
add(`node:crypto, checked by ${version('lucia')}, LegacyScrypt`, 'lucia-scrypt', plain, oldest);

const bcrypt = bcryptjs.hashSync(plain, 4);
for (const head of ['$2a$', '$2y$']) {
  const hash = head + bcrypt.slice(4);
  if (!bcryptjs.compareSync(plain, hash)) throw new Error(head);
  add(`${version('bcryptjs')}, renamed and checked`, 'bcrypt', plain, hash);
}
add(version('bcryptjs'), 'bcrypt', seventyTwo, bcryptjs.hashSync(seventyTwo, 4));

for (const [kind, type] of [['argon2d', 0], ['argon2i', 1], ['argon2id', 2]]) {
  const cost = { type, memoryCost: 1024, timeCost: 2, parallelism: 2, hashLength: 24 };
  add(version('argon2'), kind, plain, await argon2.hash(plain, cost));
  add(`argon2 (Debian), version 1.0`, kind, plain,
    execFileSync('argon2', ['saltsaltsalt', `-${kind.slice(6)}`, '-k', '256', '-t', '3', '-v', '10', '-e'],
      { input: plain, encoding: 'utf8' }).trim());
}

for (const digest of ['sha1', 'sha256', 'sha512']) {
  add(version('@phc/pbkdf2'), 'pbkdf2', plain, await pbkdf2.hash(plain, { digest, iterations: 5000 }));
}
// As the configuration of Kratos writes them (hash/hasher_pbkdf2.go, hasher_scrypt.go).
const kratosSalt = randomBytes(16);
const raw = (bytes) => bytes.toString('base64').replace(/=+$/, '');
for (const digest of ['sha256', 'sha512']) {
  add('node:crypto, in the form of Kratos', 'pbkdf2', plain,
    `$pbkdf2-${digest}$i=5000,l=32$${raw(kratosSalt)}$${raw(pbkdf2Sync(plain, kratosSalt, 5000, 32, digest))}`);
}
add('node:crypto, in the form of Kratos', 'scrypt', plain,
  `$scrypt$ln=4096,r=8,p=1$${kratosSalt.toString('base64')}$` +
    scryptSync(plain, kratosSalt, 32, { N: 4096, r: 8, p: 1 }).toString('base64'));

const python = `
import json, sys
import passlib, werkzeug, django
from passlib.hash import pbkdf2_sha1, pbkdf2_sha256, pbkdf2_sha512, scrypt, bcrypt
from werkzeug.security import generate_password_hash
from django.conf import settings
settings.configure()
from django.contrib.auth.hashers import PBKDF2PasswordHasher, PBKDF2SHA1PasswordHasher
p = ${JSON.stringify(plain)}
out = []
def add(source, kind, hash): out.append({"source": source, "kind": kind, "password": p, "hash": hash})
v = "passlib " + passlib.__version__
for h in (pbkdf2_sha1, pbkdf2_sha256, pbkdf2_sha512):
    add(v, "pbkdf2", h.using(rounds=5000).hash(p))
add(v, "scrypt", scrypt.using(rounds=10).hash(p))
v = "Django " + django.__version__
add(v, "pbkdf2", PBKDF2PasswordHasher().encode(p, "seasalt2", 5000))
add(v, "pbkdf2", PBKDF2SHA1PasswordHasher().encode(p, "seasalt2", 5000))
from importlib.metadata import version
v = "Werkzeug " + version("werkzeug")
for m in ("pbkdf2:sha1:5000", "pbkdf2:sha256:5000", "pbkdf2:sha512:5000"):
    add(v, "pbkdf2", generate_password_hash(p, m))
try: add(v, "scrypt", generate_password_hash(p, "scrypt:4096:8:1"))
except ValueError: pass
print(json.dumps(out))
`;
vectors.push(...JSON.parse(execFileSync('/usr/bin/python3', ['-c', python], { encoding: 'utf8' })));

console.log(JSON.stringify({ made_by: 'make_password_hashes.mjs', hashes: vectors }, null, 1));
