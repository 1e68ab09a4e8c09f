#include "latchkey/sqlite.h"
#include "store/engine.h"

extern "C" {
extern const char latchkey_engine_sqlite;  // src/store/engine.h says what for
const char latchkey_engine_sqlite = 0;
}

namespace latchkey {
namespace {

Result<std::unique_ptr<Store>> open_file(const StoreUrl& url, const OpenStoreOptions& options) {
  return open_sqlite({.path = std::string{url.rest()},
                      .create = options.create,
                      .read_only = options.read_only,
                      .expected_instance = options.expected_instance,
                      .adopt = options.adopt,
                      .busy_timeout = options.write_timeout,
                      .read_timeout = options.read_timeout,
                      .watch_every = options.watch_every});
}

constexpr store::Engine kSqliteEngines[] = {{"sqlite", open_file}};
const store::EngineEntry sqlite_entry{kSqliteEngines};

}  // namespace
}  // namespace latchkey
