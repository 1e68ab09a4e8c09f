#include "latchkey/open_store.h"

#include "store/engine.h"
#include "store/store_url.h"

namespace latchkey {

Result<std::unique_ptr<Store>> open_store(std::string_view url, const OpenStoreOptions& options) {
  const Result<StoreUrl> parsed = parse_store_url(url);
  if (!parsed) return parsed.error();
  const store::Engine* engine = store::EngineEntry::find_engine(parsed->scheme);
  if (engine == nullptr) {
    return Error{Errc::bad_config, "this program was built without the engine for " +
                                       std::string{parsed->scheme} + ": (docs/cpp/build.md)"};
  }
  return engine->open(*parsed, options);
}

bool may_come_up(const Error& error) noexcept {
  if (error.code != Errc::store_unavailable && error.code != Errc::store_busy) return false;
  return !store::EngineEntry::is_any_refusal(error.detail);
}

}  // namespace latchkey
