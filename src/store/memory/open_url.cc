#include "latchkey/memory.h"
#include "store/engine.h"

extern "C" {
extern const char latchkey_engine_memory;  // src/store/engine.h says what for
const char latchkey_engine_memory = 0;
}

namespace latchkey {
namespace {

Result<std::unique_ptr<Store>> open_memory_url(const StoreUrl& url,
                                               const OpenStoreOptions& options) {
  if (!url.rest().empty()) return Error{Errc::bad_config, "memory: takes no path"};
  if (!options.create || !options.expected_instance.empty()) {
    return Error{Errc::store_mismatch, "a store in memory is always a new one"};
  }
  if (options.adopt) return make_memory_store(*options.adopt);
  return make_memory_store();
}

constexpr store::Engine kMemoryEngines[] = {{"memory", open_memory_url}};
const store::EngineEntry memory_entry{kMemoryEngines};

}  // namespace
}  // namespace latchkey
