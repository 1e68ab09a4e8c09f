#include "server/settings/takeover_settings.h"

#include "codec/text/time_text.h"
#include "server/settings/setting_kinds.h"
#include "store/store_url.h"

namespace latchkey::server {
namespace {

Setting until() {
  return {.key = "takeover.until",
          .kind = SettingKind::text,
          .form = "a time such as \"2027-01-31T00:00:00Z\"",
          .help = "The end of the migration window; needed with any of the cookies below.",
          .set =
              [](Config& config, const SettingValue& value) {
                config.migrate.until.reset();
                if (value.texts.front().empty()) return true;
                config.migrate.until = codec::parse_rfc3339(value.texts.front());
                return config.migrate.until.has_value();
              },
          .get =
              [](const Config& config) {
                const auto& time = config.migrate.until;
                return SettingValue::one(time ? codec::rfc3339(*time) : "");
              }};
}

template <class Field>
Setting expect(std::string_view key, Field field) {
  return {.key = key,
          .kind = SettingKind::list,
          .form = "a list such as [\"theme\", \"type=session\"]",
          .help = "Other members of its sessions: NAME may be present, NAME=VALUE must be.",
          .set =
              [=](Config& config, const SettingValue& value) {
                field(config) = value.texts;
                return true;
              },
          .get =
              [=](const Config& config) {
                return SettingValue{field(const_cast<Config&>(config)), true};
              }};
}

template <class Field>
Setting name(std::string_view key, Field field, std::string_view help) {
  return text(key, "a name", field, help);
}

void add_lucia(std::vector<Setting>& all) {
  Setting database = checked(
      text(
          "takeover.lucia_database", "a SQLite file or postgres://...",
          [](Config & c) -> auto& { return c.migrate.lucia_database; },
          "Where Lucia's sessions are stored; empty: none are taken over."),
      IfEmpty::off, [](std::string_view url) -> std::string {
        const Result<StoreUrl> parsed = parse_store_url(url);
        if (!parsed) return parsed.error().detail;
        const bool fine = parsed->scheme == "sqlite" || parsed->scheme.starts_with("postgres");
        return fine ? "" : "write the path of a SQLite file, or postgres://...";
      });
  database.masked = true;
  all.push_back(std::move(database));
  all.push_back(name(
      "takeover.lucia_cookie", [](Config & c) -> auto& { return c.migrate.lucia_cookie; },
      "The cookie of Lucia."));
  all.push_back(name(
      "takeover.lucia_session_table",
      [](Config & c) -> auto& { return c.migrate.lucia_session_table; },
      "The table of Lucia's sessions, whose key is the column id."));
  all.push_back(name(
      "takeover.lucia_user_table", [](Config & c) -> auto& { return c.migrate.lucia_user_table; },
      "The table of Lucia's users; sessions without a user are ignored."));
  all.push_back(boolean(
      "takeover.lucia_hashed", [](Config & c) -> auto& { return c.migrate.lucia_hashed; },
      "The id in the table is SHA-256 of the cookie in hexadecimal."));
  all.push_back(expect(
      "takeover.lucia_expect", [](Config & c) -> auto& { return c.migrate.lucia_expect; }));
}

void add_cookies(std::vector<Setting>& all) {
  all.push_back(name(
      "takeover.iron_session_cookie",
      [](Config & c) -> auto& { return c.migrate.iron_session_cookie; },
      "The cookie of iron-session; empty: none are taken over."));
  all.push_back(text(
      "takeover.iron_session_password_file", "a file with mode 600",
      [](Config & c) -> auto& { return c.migrate.iron_session_password_file; },
      "The password of iron-session, or a JSON object of passwords by number."));
  all.push_back(text(
      "takeover.iron_session_user", "a path such as \"user.id\"",
      [](Config & c) -> auto& { return c.migrate.iron_session_user; },
      "Where the session contains the user's id."));
  all.push_back(expect(
      "takeover.iron_session_expect",
      [](Config & c) -> auto& { return c.migrate.iron_session_expect; }));
  all.push_back(name(
      "takeover.authjs_cookie", [](Config & c) -> auto& { return c.migrate.authjs_cookie; },
      "The session cookie of Auth.js, with its prefix; empty: none are taken over."));
  all.push_back(text(
      "takeover.authjs_secret_file", "a file with mode 600",
      [](Config & c) -> auto& { return c.migrate.authjs_secret_file; },
      "The secrets of Auth.js, one per line, the newest first."));
  all.push_back(number(
      "takeover.authjs_version", 4, 5, [](Config & c) -> auto& { return c.migrate.authjs_version; },
      "4 is next-auth 4, 5 is Auth.js 5."));
  all.push_back(text(
      "takeover.authjs_user", "a path such as \"user.id\"",
      [](Config & c) -> auto& { return c.migrate.authjs_user; },
      "The claim that holds the user's id."));
  all.push_back(expect(
      "takeover.authjs_expect", [](Config & c) -> auto& { return c.migrate.authjs_expect; }));
}

void add_jwt(std::vector<Setting>& all) {
  all.push_back(name(
      "takeover.jwt_cookie", [](Config & c) -> auto& { return c.migrate.jwt_cookie; },
      "The cookie of an HS256 token with an expiry; empty: none are taken over."));
  all.push_back(text(
      "takeover.jwt_secret_file", "a file with mode 600",
      [](Config & c) -> auto& { return c.migrate.jwt_secret_file; },
      "The secret of the token as text, at least 32 bytes."));
  all.push_back(text(
      "takeover.jwt_user", "a path such as \"user.id\"",
      [](Config & c) -> auto& { return c.migrate.jwt_user; },
      "The claim that holds the user's id."));
  all.push_back(expect(
      "takeover.jwt_expect", [](Config & c) -> auto& { return c.migrate.jwt_expect; }));
  all.push_back(name(
      "takeover.jwt_type", [](Config & c) -> auto& { return c.migrate.jwt_type; },
      "The typ in the token's header; empty: JWT or no typ, others are refused."));
  all.push_back(name(
      "takeover.jwt_issuer", [](Config & c) -> auto& { return c.migrate.jwt_issuer; },
      "The token's iss; empty: tokens with an issuer are refused."));
  all.push_back(name(
      "takeover.jwt_audience", [](Config & c) -> auto& { return c.migrate.jwt_audience; },
      "The token's aud; empty: tokens with an audience are refused."));
}

}  // namespace

void add_migrate(std::vector<Setting>& all) {
  all.push_back(until());
  all.push_back(boolean(
      "takeover.keep_cookies", [](Config & c) -> auto& { return c.migrate.keep_cookies; },
      "Leave old cookies in the browser until log-out, for a rollback."));
  add_lucia(all);
  add_cookies(all);
  add_jwt(all);
}

}  // namespace latchkey::server
