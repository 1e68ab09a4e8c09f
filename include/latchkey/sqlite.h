#pragma once

#include <memory>
#include <optional>
#include <string>

#include "latchkey/result.h"
#include "latchkey/store.h"

// Sessions in a SQLite file. Auth::open with "sqlite:PATH" calls this.
//
//   auto store = latchkey::open_sqlite({.path = "app.db"});
//   if (!store) return fail(store.error().detail);
namespace latchkey {

struct SqliteOptions {
  std::string path{};
  bool create = true;  // make the file (mode 0600) and its tables when missing
  // read_only: nothing will be written. Without it, a file that cannot be written is not opened.
  bool read_only = false;
  // expected_instance, when not empty, must be the store's instance marker, or opening fails with
  // store_mismatch: an emptied or foreign database is a failed store, not an empty one.
  std::string expected_instance{};
  std::optional<StoreMeta> adopt{};               // as in OpenStoreOptions
  Millis busy_timeout = std::chrono::seconds{2};  // for writes, against other processes
  Millis read_timeout = std::chrono::milliseconds{150};
  Millis watch_every = std::chrono::milliseconds{50};  // how often changes of others are looked for
  // refuse_shared: opening and every write fail with sqlite_shared while another copy of SQLite in
  // this process has the file open. For plug-ins of programs that bring a copy of their own (Node).
  bool refuse_shared = false;
  std::uint32_t max_group = 64;  // writes grouped into one commit
  std::int64_t mmap_bytes = 0;
  std::int64_t page_cache_kib = 16384;  // for each connection
};

// open_sqlite opens or makes a database file. Callers that write at once share commits; reads run
// on the calling threads, with connections. insert, replace, remove and the user calls return
// after a commit with synchronous=FULL. Several processes may use one file. Tables: latchkey_*,
// docs/formats/sqlite.md; foreign tables in the file are left alone.
Result<std::unique_ptr<Store>> open_sqlite(const SqliteOptions& options);

// back_up_sqlite writes the database at `path` to `copy`, a new file of mode 0600, as it is at one
// moment, while programs use it. Returns what check_sqlite says of the copy, which is on the disk
// then; after a failure there is none.
Result<StoreMeta> back_up_sqlite(const std::string& path, const std::string& copy);

// check_sqlite reads a whole database, which no program has open, and checks that it is sound and
// has our tables, which it brings up to date: store_damaged, store_mismatch.
Result<StoreMeta> check_sqlite(const std::string& path);

}  // namespace latchkey
