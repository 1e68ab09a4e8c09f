#include "server/settings/verify_settings.h"

#include <array>
#include <utility>

#include "latchkey/codec/cookie.h"
#include "latchkey/public_url.h"
#include "server/settings/setting_kinds.h"

namespace latchkey::server {
namespace {

constexpr Millis kMostStale = std::chrono::seconds{60};

// texts is a list each entry of which must pass `flaw`.
template <class Field>
Setting texts(std::string_view key, std::string form, Field field, std::string_view help,
              std::function<std::string(std::string_view)> flaw) {
  Setting setting{.key = key,
                  .kind = SettingKind::list,
                  .form = std::move(form),
                  .help = help,
                  .set =
                      [=](Config& config, const SettingValue& value) {
                        field(config) = value.texts;
                        return true;
                      },
                  .get =
                      [=](const Config& config) {
                        return SettingValue{field(const_cast<Config&>(config)), true};
                      }};
  return checked(std::move(setting), IfEmpty::off, std::move(flaw));
}

std::string rule_flaw(std::string_view entry) {
  const std::string one[] = {std::string{entry}};
  const auto parsed = http::PathRules::parse(one);
  return parsed ? std::string{} : parsed.error().detail;
}

std::string origin_flaw(std::string_view entry) {
  const auto parsed = PublicUrl::parse(entry);
  if (!parsed) return parsed.error().detail;
  return parsed->origin() == entry ? "" : "write it as browsers do: " + parsed->origin();
}

std::string domain_flaw(std::string_view entry) {
  const auto writer = CookieWriter::make(session_cookie(entry));
  return writer ? std::string{} : writer.error().detail;
}

}  // namespace

void add_verify(std::vector<Setting>& all) {
  all.push_back(
      checked(text(
                  "cookie.domain", "a domain, such as \"example.com\"",
                  [](Config & c) -> auto& { return c.cookie_domain; },
                  "Share the session with all hosts of this domain; empty: do not share it."),
              IfEmpty::off, domain_flaw));
  all.push_back(texts(
      "verify.rules", "a list such as [\"/assets/* public\", \"/admin/* level2\"]",
      [](Config & c) -> auto& { return c.verify_rules; },
      "Which paths behind the proxy are public or need a level; all others are protected.",
      rule_flaw));
  all.push_back(texts(
      "verify.allowed_origins", "a list such as [\"https://www.example.com\"]",
      [](Config & c) -> auto& { return c.verify_allowed_origins; },
      "Other origins whose pages may send POST and other unsafe requests to protected hosts.",
      origin_flaw));
  all.push_back(boolean(
      "verify.aliases", [](Config & c) -> auto& { return c.verify_aliases; },
      "Also respond with Remote-* and X-Auth-Request-*."));
  all.push_back(boolean(
      "verify.data", [](Config & c) -> auto& { return c.verify_data; },
      "Respond with the session's attributes in X-Session-Data."));
  all.push_back(boolean(
      "verify.allow_ambiguous_paths", [](Config & c) -> auto& { return c.allow_ambiguous_paths; },
      "Allow paths that servers interpret differently; not with verify.rules."));
  constexpr std::array<std::pair<std::string_view, OnStoreError>, 2> kOnStoreError{
      {{"deny", OnStoreError::deny}, {"stale", OnStoreError::stale}}};
  all.push_back(choice(
      "verify.on_store_error", kOnStoreError, [](Config & c) -> auto& { return c.on_store_error; },
      "While the store is unreachable: deny (503), or answer from cached copies of sessions."));
  all.push_back(duration(
      "verify.max_stale", Millis{1000}, [](Config & c) -> auto& { return c.max_stale; },
      "With stale: the maximum age of a cached copy.", kMostStale));
}

Result<http::VerifySettings> verify_settings(const Config& config) {
  auto rules = http::PathRules::parse(config.verify_rules);
  if (!rules) return Error{Errc::bad_config, "verify.rules: " + rules.error().detail};
  if (!rules->empty() && config.allow_ambiguous_paths) {
    return Error{Errc::bad_config,
                 "verify.allow_ambiguous_paths: with verify.rules such a path could get round a "
                 "rule; remove one of the two"};
  }
  const bool stale = config.on_store_error == OnStoreError::stale;
  if (stale && !config.cache) {
    return Error{Errc::bad_config,
                 "verify.on_store_error = \"stale\" answers from the copies of the near cache: set "
                 "cache.enabled = true, or verify.on_store_error = \"deny\""};
  }
  if (stale && config.max_stale <= config.near_cache.max_age) {
    return Error{Errc::bad_config,
                 "verify.max_stale: copies answer until cache.max_age (" +
                     duration_text(config.near_cache.max_age) +
                     ") in any case; give a longer time, or verify.on_store_error = \"deny\""};
  }
  return http::VerifySettings{.rules = std::move(*rules),
                              .aliases = config.verify_aliases,
                              .data = config.verify_data,
                              .allow_ambiguous_paths = config.allow_ambiguous_paths,
                              .stale = stale,
                              .allowed_origins = config.verify_allowed_origins};
}

}  // namespace latchkey::server
