#include "server/takeover.h"

#include <utility>

#include "codec/seal/passwords.h"
#include "server/files/reread_source.h"
#include "server/files/secret_file.h"
#include "server/lucia_source.h"
#include "session/takeover/foreign_cookies.h"
#include "store/store_url.h"

namespace latchkey::server {
namespace {

Error bad(std::string_view key, const Error& error) {
  return Error{Errc::bad_config, std::string{key}.append(": ").append(error.detail)};
}

// A database on another machine that is not up is no wrong setting.
Error unopened(std::string_view key, std::string_view url, const Error& error) {
  Error told = bad(key, error);
  if (is_remote_store(url) && may_come_up(error)) told.code = error.code;
  return told;
}

// lines_of splits at line feeds; empty lines are none.
std::vector<SecretBytes> lines_of(std::string_view text) {
  std::vector<SecretBytes> lines;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    std::string_view line = text.substr(0, end);
    if (line.ends_with('\r')) line.remove_suffix(1);
    if (!line.empty()) lines.emplace_back(line);
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return lines;
}

Result<session::SessionShape> shape_of(std::string_view key, const std::string& user,
                                       const std::vector<std::string>& expect) {
  auto read = session::read_expected_members(expect);
  if (!read.error.empty()) return bad(key, Error{Errc::bad_config, std::move(read.error)});
  return session::SessionShape{.user = user, .members = std::move(read.members)};
}

Result<ForeignCookie> lucia(const MigrateConfig& config) {
  const Result<StoreUrl> url = parse_store_url(config.lucia_database);
  if (!url) return bad("takeover.lucia_database", url.error());
  const bool file = url->scheme == "sqlite";
  const LuciaReaderOptions options{.database = file ? std::string{url->rest()} : url->url,
                                   .session_table = config.lucia_session_table,
                                   .user_table = config.lucia_user_table,
                                   .hashed_ids = config.lucia_hashed};
  auto shape = shape_of("takeover.lucia_expect", "user_id", config.lucia_expect);
  if (!shape) return shape.error();
  auto database = file ? sqlite::open_lucia_reader(options) : postgres::open_lucia_reader(options);
  if (!database) {
    return unopened("takeover.lucia_database", config.lucia_database, database.error());
  }
  return ForeignCookie{config.lucia_cookie,
                       make_lucia_source(std::move(*database), std::move(*shape))};
}

Result<ForeignCookie> iron_session(const MigrateConfig& config) {
  constexpr std::string_view kKey = "takeover.iron_session_password_file";
  const auto file = read_secret_file(config.iron_session_password_file, "secret file");
  if (!file) return bad(kKey, file.error());
  std::string_view text = file->insecure_view();
  while (text.ends_with('\n') || text.ends_with('\r')) text.remove_suffix(1);
  auto passwords = codec::read_passwords(SecretBytes{text}, false, "");
  if (!passwords) return bad(kKey, passwords.error());
  // Seals that never expire were written by an application that wanted it so.
  auto sealer = Sealer::make(std::move(*passwords), {.allow_missing_expiry = true});
  if (!sealer) return bad(kKey, sealer.error());
  auto shape = shape_of("takeover.iron_session_expect", config.iron_session_user,
                        config.iron_session_expect);
  if (!shape) return shape.error();
  return ForeignCookie{config.iron_session_cookie,
                       session::make_iron_source(std::move(*sealer), std::move(*shape))};
}

Result<ForeignCookie> authjs(const MigrateConfig& config) {
  constexpr std::string_view kKey = "takeover.authjs_secret_file";
  const auto file = read_secret_file(config.authjs_secret_file, "secret file");
  if (!file) return bad(kKey, file.error());
  const bool four = config.authjs_version == 4;
  auto cookies = AuthjsCookies::make(lines_of(file->insecure_view()),
                                     {.version = four ? AuthjsVersion::v4 : AuthjsVersion::v5,
                                      .salt = four ? std::string{} : config.authjs_cookie});
  if (!cookies) return bad(kKey, cookies.error());
  auto shape = shape_of("takeover.authjs_expect", config.authjs_user, config.authjs_expect);
  if (!shape) return shape.error();
  return ForeignCookie{config.authjs_cookie,
                       session::make_authjs_source(std::move(*cookies), std::move(*shape))};
}

Result<ForeignCookie> jwt(const MigrateConfig& config) {
  constexpr std::string_view kKey = "takeover.jwt_secret_file";
  const auto file = read_secret_file(config.jwt_secret_file, "secret file");
  if (!file) return bad(kKey, file.error());
  std::string_view text = file->insecure_view();
  while (text.ends_with('\n') || text.ends_with('\r')) text.remove_suffix(1);
  if (text.size() < 32) return bad(kKey, Error{Errc::bad_config, "shorter than 32 bytes"});
  auto shape = shape_of("takeover.jwt_expect", config.jwt_user, config.jwt_expect);
  if (!shape) return shape.error();
  return ForeignCookie{
      config.jwt_cookie,
      session::make_jwt_source(
          SecretBytes{text},
          {{std::move(*shape)}, config.jwt_type, config.jwt_issuer, config.jwt_audience})};
}

using MakeCookie = Result<ForeignCookie> (*)(const MigrateConfig&);

// rereading lets a cookie's source follow changes of the file with its secret.
ForeignCookie rereading(ForeignCookie cookie, const std::string& file, MakeCookie make,
                        const MigrateConfig& config) {
  if (file.empty()) return cookie;
  const MakeSource again = [config, make]() -> Result<std::unique_ptr<session::ForeignSource>> {
    Result<ForeignCookie> made = make(config);
    if (!made) return made.error();
    return std::move(made->source);
  };
  return {std::move(cookie.name), make_reread_source(std::move(cookie.source), file, again)};
}

}  // namespace

Result<std::shared_ptr<Takeover>> make_takeover(const MigrateConfig& config, Metrics& metrics) {
  TakeoverOptions options{.until = config.until.value_or(UnixTime{}),
                          .keep_cookies = config.keep_cookies};
  struct System {
    bool wanted;
    MakeCookie make;
    std::string secret_file{};  // empty: it has none
  };
  const System systems[] = {
      {!config.lucia_database.empty(), lucia},
      {!config.iron_session_cookie.empty(), iron_session, config.iron_session_password_file},
      {!config.authjs_cookie.empty(), authjs, config.authjs_secret_file},
      {!config.jwt_cookie.empty(), jwt, config.jwt_secret_file}};
  for (const System& system : systems) {
    if (!system.wanted) continue;
    auto cookie = system.make(config);
    if (!cookie) return cookie.error();
    options.cookies.push_back(
        rereading(std::move(*cookie), system.secret_file, system.make, config));
  }
  if (options.cookies.empty()) return std::shared_ptr<Takeover>{};
  return std::make_shared<Takeover>(std::move(options), metrics);
}

}  // namespace latchkey::server
