#include "session_values.h"

#include <limits>

#include "latchkey/public_url.h"
#include "packing.h"

namespace latchkey::node {
namespace {

// What npm/src/session_lists.ts reads, in its order.
void pack(Packing& out, const SessionRecord& record) {
  out.word(record.id.text());
  if (record.user_id.empty()) {
    out.none();
  } else {
    out.word(record.user_id.text());
  }
  for (const UnixTime time : {record.created_at, record.authenticated_at, record.last_seen_at,
                              record.idle_expires_at, record.absolute_expires_at}) {
    out.number(to_unix_millis(time));
  }
  out.number(record.level).small(record.persistent ? 1 : 0);
  out.word(record.user_agent)
      .word(record.address)
      .word(record.attributes)
      .number(record.revision());
}

void pack(Packing& out, const User& user) {
  out.word(user.id.text()).word(user.username).word(user.attributes);
  out.number(to_unix_millis(user.created_at));
}

void pack(Packing& out, const std::optional<SessionToken>& token) {
  if (token) {
    out.word(token->reveal());
  } else {
    out.none();
  }
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
  Packing out;
  pack(out, record);
  return out.make(env);
}

napi_value make_user(napi_env env, const std::optional<User>& user) {
  if (!user) return make_null(env);
  Packing out;
  pack(out, *user);
  return out.make(env);
}

napi_value make_validation(napi_env env, const Validation& validation) {
  Packing out;
  out.small(static_cast<unsigned>(validation.state))
      .small((validation.fresh ? 1U : 0U) | (validation.keep_cookie ? 2U : 0U) |
             (validation.from_snapshot ? 4U : 0U) | (validation.session ? 8U : 0U) |
             (validation.user ? 16U : 0U));
  pack(out, validation.token);
  if (validation.session) pack(out, *validation.session);
  if (validation.user) pack(out, *validation.user);
  return out.make(env);
}

napi_value make_new_session(napi_env env, const NewSession& made) {
  Packing out;
  out.word(made.token.reveal());
  pack(out, made.record);
  return out.make(env);
}

napi_value make_updated(napi_env env, const Updated& updated) {
  Packing out;
  pack(out, updated.token);
  pack(out, updated.record);
  return out.make(env);
}

Result<CreateOptions> read_create(Options given) {
  CreateOptions options{
      .attributes = given.text("attributes").value_or(""),
      .context = {.user_agent = given.text_or_null("userAgent").value_or(""),
                  .address = given.text_or_null("address").value_or("")},
      .remember = given.flag("remember").value_or(true),
      .level = static_cast<std::uint8_t>(given.whole("level", 0, kMostLevel).value_or(1))};
  if (given.fault()) return *given.fault();
  return options;
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
  read_count(given, "sealFormat", options.seal_format);
  read_count(given, "guestsPerMinute", options.guests_per_minute);
  if (given.fault()) return *given.fault();
  return options;
}

}  // namespace latchkey::node
