#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "latchkey/result.h"
#include "latchkey/store.h"
#include "latchkey/time.h"

// Opens the store that a URL names. Auth::open does this with AuthOptions::store.
//
//   auto store = latchkey::open_store("redis://10.0.0.5");
//   if (!store) return fail(store.error().detail);  // says what to write instead
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
//   sqlite:PATH              a SQLite file
//   PATH                     likewise, if it holds a '/' or ends in .db, .sqlite or the like
//   memory:                  this process's memory, for tests
//   redis://...              Redis 7.0 or later; rediss:// with TLS, redis+unix:// by a socket,
//                            redis+cluster://, rediss+cluster:// a cluster: latchkey/redis.h
//   postgres://...           a PostgreSQL database, docs/formats/postgres.md
//
// bad_config, with what to write instead and without a file made: everything else, such as a bare
// word, empty text, a variable that nobody expanded, HOST:PORT, libpq's "host=... dbname=..."; or a
// URL its engine cannot use. Errors never repeat a URL, which may hold a password. Links every
// engine; a program that needs one calls that one's own function.
Result<std::unique_ptr<Store>> open_store(std::string_view url,
                                          const OpenStoreOptions& options = {});

// store_scheme returns the scheme of `url`, such as "redis" ("sqlite" for a path), which is safe to
// log; empty when open_store would refuse it.
std::string_view store_scheme(std::string_view url);

// is_remote_store returns whether the store of `url` is on the network.
bool is_remote_store(std::string_view url);

// may_come_up returns, for an error of open_store on a remote store, whether retrying may help:
// the store cannot be reached, is starting, is loading its data or has no connection left.
// False: the store answered and refused (user, password, database, privilege, version), so the
// configuration has to be changed.
bool may_come_up(const Error& error) noexcept;

// without_password returns `url` with asterisks in place of a password. It accepts any text,
// including URLs that open_store refuses: a password with an unescaped '/', '?', '#' or '@' is
// hidden up to the last '@', and so is the value of every parameter that holds a password. When in
// doubt it hides too much.
std::string without_password(std::string_view url);

// describe_store names engine and place of a store, fit to be printed: "sqlite:/srv/app.db", or its
// URL without the password.
std::string describe_store(std::string_view url);

}  // namespace latchkey
