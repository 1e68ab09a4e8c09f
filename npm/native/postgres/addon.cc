#include "postgres/addon.h"

#include "stores.h"

namespace latchkey::node {
namespace {

PostgresOpener g_opener = open_postgres;

// store_opener() returns what the first binary opens postgres: stores with (use_postgres). Both are
// made by one compiler from one source, so a Store of this file is a Store there.
napi_value store_opener(napi_env env, napi_callback_info) {
  napi_value opener = nullptr;
  napi_create_external(env, &g_opener, nullptr, nullptr, &opener);
  return opener;
}

}  // namespace
}  // namespace latchkey::node

NAPI_MODULE_INIT() {
  using namespace latchkey::node;
  constexpr Function kFunctions[] = {{"store_opener", store_opener}};
  define(env, exports, kFunctions);
  define_postgres_lucia(env, exports);
  return exports;
}
