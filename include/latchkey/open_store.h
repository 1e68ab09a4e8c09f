#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "latchkey/result.h"
#include "latchkey/store.h"
#include "latchkey/time.h"

namespace latchkey {

struct OpenStoreOptions {
  bool create = true;  // make what is missing: the file, the tables, the instance marker
  // read_only: nothing will be written. Without it, a store that cannot be written is not opened.
  bool read_only = false;
  // expected_instance, when not empty, must be the store's instance marker, or opening fails with
  // store_mismatch: an emptied or foreign store is a failed store, not an empty one.
  std::string expected_instance{};
  // adopt makes a new store as the successor of another one, with its instance marker and slot key.
  std::optional<StoreMeta> adopt{};
  // url_source, when there is one, is asked for each new connection and returns the URL as it is
  // now: a user and a password that were changed are taken from there. It may fail for a while.
  std::function<Result<std::string>()> url_source{};
  Millis read_timeout = std::chrono::milliseconds{150};
  Millis write_timeout = std::chrono::seconds{2};
  Millis watch_every = std::chrono::milliseconds{50};  // where changes of others must be looked for
};

// open_store opens the store that `url` names, with the engine of its scheme:
//
//   memory:                  this process's memory, for tests
//   postgres://...           a PostgreSQL database, docs/formats/postgres.md
//   sqlite:PATH, or a PATH   a SQLite file
//   redis://...              Redis 7.0 or later; rediss:// with TLS, redis+unix:// by a socket:
//                            redis+cluster://, rediss+cluster:// a cluster: latchkey/redis.h
//
// bad_config: no such scheme, or a URL its engine cannot use. Errors never repeat the URL, which
// may hold a password. Links every engine; a program that needs one calls that one's own function.
Result<std::unique_ptr<Store>> open_store(std::string_view url,
                                          const OpenStoreOptions& options = {});

// store_scheme returns the scheme of `url`, such as "redis" ("sqlite" for a plain path), which is
// safe to log; empty when there is no engine for it.
std::string_view store_scheme(std::string_view url) noexcept;

// is_remote_store tells whether the store of `url` is a network's round trip away.
bool is_remote_store(std::string_view url) noexcept;

// without_password returns `url` with asterisks in the place of a password.
std::string without_password(std::string_view url);

}  // namespace latchkey
