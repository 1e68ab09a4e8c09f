#include "postgres/addon.h"

#include "environment.h"
#include "stores.h"

namespace latchkey::node {
namespace {

// store_opener() returns what the first binary opens postgres: stores with (use_postgres). Both are
// made by one compiler from one source, so a Store of this file is a Store there.
napi_value store_opener(napi_env env, napi_callback_info) {
  return make_handle(env, PostgresOpener{open_postgres});
}

}  // namespace
}  // namespace latchkey::node

NAPI_MODULE_INIT() {
  using namespace latchkey::node;
  if (!Environment::enter(env)) return nullptr;
  constexpr Function kFunctions[] = {{"store_opener", store_opener}};
  define(env, exports, kFunctions);
  define_postgres_lucia(env, exports);
  return exports;
}
