#include "addon.h"

#include "environment.h"

namespace latchkey::node {
namespace {

napi_value version(napi_env env, napi_callback_info) { return make_text(env, LATCHKEY_VERSION); }

}  // namespace
}  // namespace latchkey::node

NAPI_MODULE_INIT() {
  using namespace latchkey::node;
  if (!Environment::enter(env)) return nullptr;
  constexpr Function kFunctions[] = {{"version", version}};
  define(env, exports, kFunctions);
  define_seal(env, exports);
  define_jwt(env, exports);
  define_denials(env, exports);
  define_lucia(env, exports);
  define_lucia_store(env, exports);
  define_sessions(env, exports);
  define_events(env, exports);
  define_accounts(env, exports);
  define_front_door(env, exports);
  define_rules(env, exports);
  define_postgres(env, exports);
  return exports;
}
