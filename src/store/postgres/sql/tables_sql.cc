#include "store/postgres/sql/schema_sql.h"

namespace latchkey::postgres {

// Ids and keys are compared by octets, whatever the locale of the database.
const std::array<const char*, kSchemaVersion> kTableScripts{R"sql(
CREATE TABLE @meta(
  key text COLLATE "C" PRIMARY KEY,
  value text NOT NULL
);

CREATE TABLE @sessions(
  created_at int8 NOT NULL,
  authenticated_at int8 NOT NULL,
  last_seen_at int8 NOT NULL,
  idle_expires_at int8 NOT NULL,
  absolute_expires_at int8 NOT NULL,
  idle int8 NOT NULL,
  version int8 NOT NULL,
  level int2 NOT NULL,
  persistent bool NOT NULL,
  id text COLLATE "C" PRIMARY KEY,
  secret_hash bytea NOT NULL CHECK(length(secret_hash)=32),
  user_id text COLLATE "C",
  user_agent text,
  address text,
  attributes text,
  previous bytea,
  CHECK(idle_expires_at<=absolute_expires_at)
);
CREATE INDEX latchkey_sessions_by_user ON @sessions(user_id) WHERE user_id IS NOT NULL;
CREATE INDEX latchkey_sessions_by_idle_expires_at ON @sessions(idle_expires_at);

CREATE TABLE @tombstones(
  ended_at int8 NOT NULL,
  reason int2 NOT NULL,
  id text COLLATE "C" PRIMARY KEY,
  secret_hash bytea NOT NULL CHECK(length(secret_hash)=32)
);
CREATE INDEX latchkey_tombstones_by_ended_at ON @tombstones(ended_at);

CREATE TABLE @users(
  id text COLLATE "C" PRIMARY KEY,
  username text NOT NULL,
  username_key text COLLATE "C" NOT NULL UNIQUE,
  password_hash text NOT NULL,
  created_at int8 NOT NULL,
  disabled bool NOT NULL,
  attributes text
);

CREATE TABLE @user_epochs(
  user_id text COLLATE "C" PRIMARY KEY,
  epoch int8 NOT NULL
);

CREATE TABLE @denied(
  key text COLLATE "C" PRIMARY KEY,
  until int8 NOT NULL
);
CREATE INDEX latchkey_denied_by_until ON @denied(until);

CREATE TABLE @keys(
  position int8 PRIMARY KEY,
  id text NOT NULL UNIQUE,
  state int2 NOT NULL,
  secret bytea NOT NULL,
  created_at int8 NOT NULL,
  activates_at int8 NOT NULL
);

CREATE TABLE @outbox(
  xid xid8 NOT NULL DEFAULT pg_current_xact_id(),
  at timestamptz NOT NULL DEFAULT now(),
  origin int8 NOT NULL,
  ids text[],
  users text[]
);
CREATE INDEX latchkey_outbox_by_xid ON @outbox(xid);
CREATE INDEX latchkey_outbox_by_at ON @outbox(at);
)sql",
                                                            R"sql(
CREATE TABLE @counters(
  count int8 NOT NULL,
  next_at int8 NOT NULL,
  expires_at int8 NOT NULL,
  key text COLLATE "C" PRIMARY KEY
) WITH (fillfactor=70);
CREATE INDEX latchkey_counters_by_expires_at ON @counters(expires_at);
)sql",
                                                            R"sql(
CREATE TABLE @one_time_secrets(
  hash bytea PRIMARY KEY CHECK(length(hash)=32),
  purpose text COLLATE "C" NOT NULL,
  user_id text COLLATE "C" NOT NULL,
  data text,
  created_at int8 NOT NULL,
  expires_at int8 NOT NULL
);
CREATE INDEX latchkey_one_time_secrets_by_user ON @one_time_secrets(user_id,purpose,created_at);
CREATE INDEX latchkey_one_time_secrets_by_expires_at ON @one_time_secrets(expires_at);

CREATE TABLE @events(
  at int8 NOT NULL,
  kind int2 NOT NULL,
  id text COLLATE "C" NOT NULL,
  user_id text COLLATE "C",
  session_id text COLLATE "C",
  reason text,
  account text,
  address text,
  user_agent text,
  request_id text,
  PRIMARY KEY(at,id)
);
CREATE INDEX latchkey_events_by_user ON @events(user_id,at,id) WHERE user_id IS NOT NULL;
CREATE INDEX latchkey_events_by_kind ON @events(kind,at,id);
CREATE INDEX latchkey_events_with_address ON @events(at) WHERE address IS NOT NULL;
)sql",
                                                            R"sql(
ALTER TABLE @sessions ADD COLUMN binding bytea;
)sql"};

}  // namespace latchkey::postgres
