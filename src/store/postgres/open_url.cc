#include "latchkey/postgres.h"
#include "store/engine.h"
#include "store/postgres/wire/errors.h"

extern "C" {
extern const char latchkey_engine_postgres;  // src/store/engine.h says what for
const char latchkey_engine_postgres = 0;
}

namespace latchkey {
namespace {

Result<std::unique_ptr<Store>> open_postgres_url(const StoreUrl& url,
                                                 const OpenStoreOptions& options) {
  return open_postgres({.url = url.url,
                        .url_source = options.url_source,
                        .create = options.create,
                        .read_only = options.read_only,
                        .expected_instance = options.expected_instance,
                        .adopt = options.adopt,
                        .read_timeout = options.read_timeout,
                        .write_timeout = options.write_timeout,
                        .watch_every = options.watch_every});
}

constexpr store::Engine kPostgresEngines[] = {{"postgres", open_postgres_url},
                                              {"postgresql", open_postgres_url}};
const store::EngineEntry postgres_entry{kPostgresEngines, postgres::is_refusal};

}  // namespace
}  // namespace latchkey
