#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "latchkey/result.h"
#include "latchkey/store.h"
#include "latchkey/time.h"

// Sessions in PostgreSQL. Auth::open with a postgres:// URL calls this.
//
//   auto store = latchkey::open_postgres({.url = "postgres://app@10.0.0.6/app"});
//   if (!store) return fail(store.error().detail);
namespace latchkey {

struct PostgresOptions {
  // url is libpq's, postgres://USER:PASSWORD@HOST/DATABASE?..., with parameters of our own:
  // `schema`, `prepare=off` behind a pooler in transaction mode, `pool`, `listen` (the URL of a
  // direct connection for LISTEN). docs/formats/postgres.md
  std::string url{};
  // url_source, when there is one, is asked for each new connection and returns the URL as it is
  // now: a user and a password that were changed are taken from there. It may fail for a while.
  std::function<Result<std::string>()> url_source{};
  bool create = true;      // make the tables when missing, bring them up to date when old
  bool read_only = false;  // nothing will be written: do not ask for the right to
  // expected_instance, when not empty, must be the store's instance marker, or opening fails with
  // store_mismatch: an emptied or foreign database is a failed store, not an empty one.
  std::string expected_instance{};
  std::optional<StoreMeta> adopt{};                      // as in OpenStoreOptions
  Millis read_timeout = std::chrono::milliseconds{150};  // with the wait for a connection
  Millis write_timeout = std::chrono::seconds{2};
  Millis connect_timeout = std::chrono::seconds{2};
  Millis watch_every = std::chrono::milliseconds{50};  // only where LISTEN cannot be used
};

// open_postgres opens the tables latchkey_* of a PostgreSQL database, version 15 or later. Calls
// run on the calling threads over a pool of connections, which are opened again with back-off when
// they are lost. insert, replace, remove and the user calls return after the commit is durable.
// Any number of programs may use one database. Tables: docs/formats/postgres.md.
Result<std::unique_ptr<Store>> open_postgres(const PostgresOptions& options);

}  // namespace latchkey
