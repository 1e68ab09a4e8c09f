#include "addon.h"
#include "auth/request_facts.h"
#include "base/duration.h"
#include "latchkey/origin_check.h"
#include "latchkey/safe_redirect.h"
#include "request_text.h"

// Rules that need nothing that is open, for TypeScript, which has none of its own.
namespace latchkey::node {
namespace {

// duration(text) returns milliseconds, or null when the text is no duration.
napi_value duration(napi_env env, napi_callback_info info) {
  const Call call(env, info);
  const auto millis = parse_duration(Text(env, call[0]).view());
  return millis ? make_number(env, static_cast<double>(millis->count())) : make_null(env);
}

// check_origin(null, facts, headers, public_url) returns the name of a verdict.
napi_value check_origin(napi_env env, napi_callback_info info) {
  const Call call(env, info);
  const RequestText request(call, 0);
  const Result<PublicUrl> url = PublicUrl::parse(Text(env, call[3]).view());
  if (call.refused()) return nullptr;
  if (!url) return throw_error(env, url.error());
  const RequestText::Fields fields = request.fields();
  const auth::RequestFacts facts({request.method(), "/", "", fields});
  return make_text(env,
                   guard::origin_verdict_name(guard::check_origin(facts.origin_facts(), *url)));
}

// safe_redirect(target) returns `target` if it stays on this site, and otherwise empty text.
napi_value safe_redirect(napi_env env, napi_callback_info info) {
  const Call call(env, info);
  return make_text(env, guard::safe_redirect(Text(env, call[0]).view(), {}));
}

}  // namespace

void define_rules(napi_env env, napi_value exports) {
  constexpr Function kFunctions[] = {
      {"duration", duration}, {"check_origin", check_origin}, {"safe_redirect", safe_redirect}};
  define(env, exports, kFunctions);
}

}  // namespace latchkey::node
