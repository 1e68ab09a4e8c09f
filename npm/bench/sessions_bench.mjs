// Sessions of `latchkey` beside what asks the same engine for a session: connect-redis, and `pg` with
// a prepared statement. 64 calls are under way at once; the CPU time is that of this process.
import { Sessions } from 'latchkey';
import { postgresServer, redisServer } from '../test/support/engines.mjs';
import { check, clientVersion, importClient, importPeer } from './harness.mjs';

const SESSIONS = 2048;
const AGENT = 'Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0';
const given = { attributes: { theme: 'dark' }, userAgent: AGENT, address: '192.0.2.7' };
const days = (number) => new Date(Date.now() + number * 86_400_000);

async function fill(sessions) {
  const tokens = [];
  for (let i = 0; i < SESSIONS; i += 64) {
    const made = Array.from({ length: 64 }, (_, k) => sessions.create(`u${i + k}`, given));
    for (const { token } of await Promise.all(made)) tokens.push(token);
  }
  const found = await sessions.validateAsync(tokens[7], { fresh: true });
  check(found.session?.userId === 'u7', 'the session is found');
  return tokens;
}

// A real engine, closed together with what was opened on it.
async function withEngine(start, run) {
  const server = await start({ tcp: true });
  const open = [];
  try {
    return await run(server, open);
  } finally {
    for (const close of open) await close();
    await server.stop();
  }
}

const validateRedis = (compare) =>
  withEngine(redisServer, async (server, open) => {
    const sessions = new Sessions({ store: server.url });
    open.push(() => sessions.close());
    const tokens = await fill(sessions);
    const { createClient } = await importClient('redis');
    const { RedisStore } = await importClient('connect-redis');
    const client = await createClient({ url: server.url }).connect();
    open.push(() => client.close());
    const store = new RedisStore({ client });
    for (let i = 0; i < SESSIONS; i++) {
      const cookie = { originalMaxAge: 86_400_000, expires: days(1), httpOnly: true, path: '/' };
      await store.set(`s${i}`, { cookie, userId: `u${i}`, ...given });
    }
    check((await store.get('s7')).userId === 'u7', 'the peer finds its own');
    return compare({
      budget: 1,
      peer: clientVersion('connect-redis'),
      together: true,
      ours: (i) => sessions.validateAsync(tokens[i % SESSIONS], { fresh: true }),
      theirs: (i) => store.get(`s${i % SESSIONS}`),
    });
  });

const SELECT = {
  name: 'find',
  text: `SELECT id, user_id, created_at, last_seen_at, expires_at, user_agent, address, attributes
    FROM peer WHERE id = $1`,
};
const INSERT = {
  name: 'insert',
  text: `INSERT INTO peer(id, user_id, created_at, last_seen_at, expires_at, user_agent, address,
    attributes) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`,
};

async function besidePg(server, open) {
  server.run('CREATE SCHEMA latchkey');
  server.run(`CREATE TABLE peer(id text PRIMARY KEY, user_id text NOT NULL,
    created_at timestamptz NOT NULL, last_seen_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL, user_agent text, address text, attributes jsonb)`);
  server.run('CREATE INDEX ON peer(user_id)');
  const sessions = new Sessions({ store: server.url('latchkey') });
  open.push(() => sessions.close());
  const { default: pg } = await importClient('pg');
  const pool = new pg.Pool({ connectionString: server.url() });
  open.push(() => pool.end());
  const insert = (i) => {
    const now = new Date();
    const { attributes, userAgent, address } = given;
    const values = [`s${i}`, `u${i}`, now, now, days(14), userAgent, address, attributes];
    return pool.query({ ...INSERT, values });
  };
  const find = (i) => pool.query({ ...SELECT, values: [`s${i}`] }).then(({ rows }) => rows[0]);
  return { sessions, insert, find };
}

const validatePg = (compare) =>
  withEngine(postgresServer, async (server, open) => {
    const { sessions, insert, find } = await besidePg(server, open);
    const tokens = await fill(sessions);
    await Promise.all(Array.from({ length: SESSIONS }, (_, i) => insert(i)));
    check((await find(7)).user_id === 'u7', 'the peer finds its own');
    return compare({
      budget: 1,
      peer: clientVersion('pg'),
      together: true,
      ours: (i) => sessions.validateAsync(tokens[i % SESSIONS], { fresh: true }),
      theirs: (i) => find(i % SESSIONS),
    });
  });

const createPg = (compare) =>
  withEngine(postgresServer, async (server, open) => {
    const { sessions, insert, find } = await besidePg(server, open);
    const { token } = await sessions.create('u7', given);
    check((await sessions.validateAsync(token)).session?.userId === 'u7', 'it is there');
    await insert(-7);
    check((await find(-7)).user_id === 'u-7', 'the peer finds its own');
    return compare({
      budget: 1 / 1.2,
      peer: clientVersion('pg'),
      together: true,
      ours: (i) => sessions.create(`u${i}`, given),
      theirs: insert,
    });
  });

// Lucia on a Map, the least that a store can cost it.
async function luciaOnMap() {
  const { Lucia } = await importPeer('lucia');
  const rows = new Map();
  const adapter = {
    getSessionAndUser: async (id) => rows.get(id) ?? [null, null],
    updateSessionExpiration: async () => {},
  };
  for (let i = 0; i < SESSIONS; i++) {
    const session = { id: `s${i}`, userId: `u${i}`, expiresAt: days(30), attributes: given };
    rows.set(session.id, [session, { id: session.userId, attributes: {} }]);
  }
  return new Lucia(adapter, { getSessionAttributes: (attributes) => attributes });
}

async function validateMemory(compare) {
  const sessions = new Sessions({ store: 'memory:bench-validate' });
  const tokens = await fill(sessions);
  const lucia = await luciaOnMap();
  check((await lucia.validateSession('s7')).session?.userId === 'u7', 'the peer finds its own');
  const found = await compare({
    peer: 'lucia 3.2.2 on a Map',
    ours: (i) => sessions.validate(tokens[i % SESSIONS]),
    theirs: (i) => lucia.validateSession(`s${i % SESSIONS}`),
  });
  const theirs = (found.peer_cpu_ns / 1000).toFixed(2);
  const unit = `us CPU (${found.peer}: ${theirs})`;
  return { ...found, value: found.cpu_ns / 1000, unit, budget: 2 };
}

export const benchmarks = [
  {
    name: 'addon_validate_memory',
    what: 'validate of a session in memory, beside lucia on a Map',
    run: validateMemory,
  },
  {
    name: 'addon_validate_redis_fresh',
    what: 'validateAsync that asks Redis, beside the get of connect-redis',
    run: validateRedis,
  },
  {
    name: 'addon_validate_pg_fresh',
    what: 'validateAsync that asks PostgreSQL, beside a prepared select of pg',
    run: validatePg,
  },
  {
    name: 'addon_create_pg',
    what: 'create on PostgreSQL, beside a prepared insert of pg',
    run: createPg,
  },
];
