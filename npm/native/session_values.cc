#include "session_values.h"

#include <limits>

#include "latchkey/public_url.h"

namespace latchkey::node {
namespace {

napi_value make_time(napi_env env, UnixTime time) {
  return make_number(env, static_cast<double>(to_unix_millis(time)));
}

Error bad(const char* what) { return Error{Errc::bad_config, what}; }

void read_duration(Options& given, const char* name, Millis& out) {
  // No deadline is after kNever, so no duration is longer.
  if (const auto millis = given.whole(name, 0, to_unix_millis(kNever))) out = Millis{*millis};
}

void read_count(Options& given, const char* name, std::uint32_t& out) {
  constexpr auto kMost = std::numeric_limits<std::uint32_t>::max();
  if (const auto count = given.whole(name, 0, kMost)) out = static_cast<std::uint32_t>(*count);
}

Result<Policy> read_policy(Options& given) {
  Policy policy;
  if (const auto name = given.text("preset")) {
    const auto found = Policy::preset(*name);
    if (!found) return bad("preset: one of default, lucia, aal1, aal2, aal3, high_value");
    policy = *found;
  }
  read_duration(given, "idle", policy.idle);
  read_duration(given, "absolute", policy.absolute);
  read_duration(given, "lastSeenEvery", policy.last_seen_every);
  read_duration(given, "browserIdle", policy.browser_idle);
  read_duration(given, "browserAbsolute", policy.browser_absolute);
  read_duration(given, "guest", policy.guest);
  if (const auto sliding = given.flag("sliding")) policy.sliding = *sliding;
  if (const auto persistent = given.flag("persistent")) policy.persistent = *persistent;
  if (const auto renew = given.flag("renewCookie")) policy.renew_cookie = *renew;
  read_count(given, "maxPerUser", policy.max_per_user);
  return policy;
}

Result<CookieOptions> read_cookie(Options& given) {
  const std::string domain = given.text("cookie.domain").value_or("");
  CookieOptions cookie = session_cookie(domain);
  if (const auto url = given.text("publicUrl")) {
    Result<PublicUrl> parsed = PublicUrl::parse(*url);
    if (!parsed) return parsed.error();
    cookie = parsed->cookie(domain);
  }
  if (const auto name = given.text("cookie.name")) cookie.name = *name;
  if (const auto secure = given.flag("cookie.secure")) cookie.secure = *secure;
  if (const auto path = given.text("cookie.path")) cookie.path = *path;
  if (const auto partitioned = given.flag("cookie.partitioned")) cookie.partitioned = *partitioned;
  const std::vector<std::string> former = given.texts("cookie.former");
  for (std::size_t i = 0; i + 1 < former.size(); i += 2) {
    cookie.former.push_back({former[i], former[i + 1]});
  }
  if (const auto same_site = given.text("cookie.sameSite")) {
    if (*same_site == "lax") {
      cookie.same_site = SameSite::lax;
    } else if (*same_site == "strict") {
      cookie.same_site = SameSite::strict;
    } else if (*same_site == "none") {
      cookie.same_site = SameSite::none;
    } else {
      return bad("cookie sameSite: one of lax, strict, none");
    }
  }
  return cookie;
}

}  // namespace

napi_value make_record(napi_env env, const SessionRecord& record) {
  const napi_value values[] = {
      make_text(env, record.id.text()),
      record.user_id.empty() ? nullptr : make_text(env, record.user_id.text()),
      make_time(env, record.created_at),
      make_time(env, record.authenticated_at),
      make_time(env, record.last_seen_at),
      make_time(env, record.idle_expires_at),
      make_time(env, record.absolute_expires_at),
      make_number(env, record.level),
      make_flag(env, record.persistent),
      make_text(env, record.user_agent),
      make_text(env, record.address),
      make_text(env, record.attributes),
      make_number(env, static_cast<double>(record.version))};
  return make_list(env, values);
}

napi_value make_user(napi_env env, const std::optional<User>& user) {
  if (!user) return make_null(env);
  const napi_value values[] = {make_text(env, user->id.text()), make_text(env, user->username),
                               make_text(env, user->attributes), make_time(env, user->created_at)};
  return make_list(env, values);
}

napi_value make_validation(napi_env env, const Validation& validation) {
  const napi_value values[] = {
      make_text(env, session_state_name(validation.state)),
      validation.session ? make_record(env, *validation.session) : nullptr,
      make_user(env, validation.user),
      make_flag(env, validation.fresh),
      validation.token ? make_text(env, validation.token->reveal()) : nullptr,
      make_flag(env, validation.keep_cookie),
      make_flag(env, validation.from_snapshot)};
  return make_list(env, values);
}

napi_value make_new_session(napi_env env, const NewSession& made) {
  const napi_value values[] = {make_text(env, made.token.reveal()), make_record(env, made.record)};
  return make_list(env, values);
}

Result<void> read_create(Options given, CreateArguments& out) {
  out.attributes = given.text("attributes").value_or("");
  out.user_agent = given.text_or_null("userAgent").value_or("");
  out.address = given.text_or_null("address").value_or("");
  out.options.attributes = out.attributes;
  out.options.context = {out.user_agent, out.address};
  out.options.remember = given.flag("remember").value_or(true);
  out.options.level = static_cast<std::uint8_t>(given.whole("level", 0, kMostLevel).value_or(1));
  if (given.fault()) return *given.fault();
  return {};
}

Result<SessionsOptions> read_sessions_options(Options given) {
  SessionsOptions options;
  Result<Policy> policy = read_policy(given);
  if (!policy) return policy.error();
  options.policy = *policy;
  Result<CookieOptions> cookie = read_cookie(given);
  if (!cookie) return cookie.error();
  options.cookie = *std::move(cookie);
  if (const auto name = given.text("carrier")) {
    const auto carrier = find_carrier(*name);
    if (!carrier) return bad("carrier: stored, encrypted_id, hybrid, sealed or signed");
    options.carrier = *carrier;
  }
  if (const auto secrets = given.text("secrets")) {
    auto ring = KeyRing::make(keys_from_text(*secrets));
    if (!ring) return ring.error();
    options.keys = std::make_shared<SharedKeyRing>(*std::move(ring));
  }
  read_duration(given, "snapshot", options.snapshot);
  read_duration(given, "touchEvery", options.touch_every);
  read_count(given, "maxChunks", options.max_chunks);
  read_count(given, "guestsPerMinute", options.guests_per_minute);
  if (given.fault()) return *given.fault();
  return options;
}

}  // namespace latchkey::node
