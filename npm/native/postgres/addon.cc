#include "addon.h"
#include "postgres/libpq.h"

namespace latchkey::node {
namespace {

// load() finds the system's libpq. Returns null, or what is wrong.
napi_value load(napi_env env, napi_callback_info) {
  const std::string problem = load_libpq();
  return problem.empty() ? make_null(env) : make_text(env, problem);
}

}  // namespace

void define_postgres(napi_env env, napi_value exports) {
  napi_value part = nullptr;
  if (napi_create_object(env, &part) != napi_ok) return;
  constexpr Function kFunctions[] = {{"load", load}};
  define(env, part, kFunctions);
  define_postgres_lucia(env, part);
  napi_set_named_property(env, exports, "postgres", part);
}

}  // namespace latchkey::node
