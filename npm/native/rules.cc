#include <optional>
#include <string>

#include "addon.h"
#include "auth/login_redirect.h"
#include "auth/problem.h"
#include "auth/request_facts.h"
#include "base/duration.h"
#include "latchkey/origin_check.h"
#include "latchkey/safe_redirect.h"
#include "request_text.h"
#include "session_values.h"

// Rules that need nothing that is open, for TypeScript, which has none of its own.
namespace latchkey::node {
namespace {

// What a number of JavaScript holds exactly.
constexpr std::int64_t kLongestAge = (std::int64_t{1} << 53) - 1;

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

// shortfall(level, authenticated_at, now, demanded_level, max_auth_age) returns "level", "recency"
// or null: nothing is missing.
napi_value shortfall(napi_env env, napi_callback_info info) {
  const Call call(env, info);
  const std::int64_t level = call.whole(0, "level", 0, kMostLevel);
  const UnixTime authenticated_at = call.time(1);
  const UnixTime now = call.time(2);
  const Demand demand{static_cast<std::uint8_t>(call.whole(3, "level", 0, kMostLevel)),
                      Millis{call.whole(4, "maxAuthAge", 0, kLongestAge)}};
  if (call.refused()) return nullptr;
  const auth::Shortfall found =
      auth::shortfall_of(demand, static_cast<std::uint8_t>(level), authenticated_at, false, now);
  if (found == auth::Shortfall::none) return make_null(env);
  return make_text(env, found == auth::Shortfall::level ? "level" : "recency");
}

// problem_named finds what a client is told: of the name of a state, a shortfall or an error.
const auth::Problem* problem_named(std::string_view what) noexcept {
  if (what == "level") return &auth::problem_of(auth::Shortfall::level);
  if (what == "recency") return &auth::problem_of(auth::Shortfall::recency);
  for (const AuthState state : {AuthState::none, AuthState::guest, AuthState::expired,
                                AuthState::revoked, AuthState::refused, AuthState::unproven}) {
    if (what == auth_state_name(state)) return &auth::problem_of(state);
  }
  for (int code = 0; code <= static_cast<int>(Errc::bad_config); ++code) {
    if (what == error_name(Errc{static_cast<std::uint8_t>(code)})) {
      return &auth::problem_of(Errc{static_cast<std::uint8_t>(code)});
    }
  }
  return nullptr;
}

// answer(null, facts, headers, what, target, login, home) returns what goes back to a request that
// does not get what it asked for: [status, problem+json, challenge, retry_after, location]. The
// challenge belongs to 401; a location is for a page, by 303.
napi_value answer(napi_env env, napi_callback_info info) {
  const Call call(env, info);
  const RequestText request(call, 0);
  if (call.refused()) return nullptr;
  const std::string target = Text(env, call[4]).text();
  const std::string login = Text(env, call[5]).text();
  const std::string home = Text(env, call[6]).text();
  const auth::Problem* const problem = problem_named(Text(env, call[3]).view());
  if (problem == nullptr) return throw_misuse(env, "answer: there is no such state or error");
  const RequestText::Fields fields = request.fields();
  const auth::RequestFacts facts({request.method(), target, "", fields});
  const napi_value values[] = {
      make_number(env, problem->status), make_text(env, auth::problem_json(*problem)),
      make_text(env, problem->status == 401 ? auth::challenge(*problem) : std::string{}),
      make_text(env, problem->retry_after),
      make_text(env, auth::login_redirect(facts, request.options().page, *problem, {login, home}))};
  return make_list(env, values);
}

}  // namespace

void define_rules(napi_env env, napi_value exports) {
  constexpr Function kFunctions[] = {{"duration", duration},
                                     {"check_origin", check_origin},
                                     {"safe_redirect", safe_redirect},
                                     {"shortfall", shortfall},
                                     {"answer", answer}};
  define(env, exports, kFunctions);
}

}  // namespace latchkey::node
