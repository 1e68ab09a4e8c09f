#include "latchkey/auth.h"

// In a target of its own, because it links every engine.
namespace latchkey {

Result<std::unique_ptr<Auth>> Auth::open(AuthOptions options) {
  auto store = open_store(options.store, options.store_options);
  if (!store) return store.error();
  options.remote_store = options.remote_store || is_remote_store(options.store);
  return open(std::move(*store), std::move(options));
}

}  // namespace latchkey
