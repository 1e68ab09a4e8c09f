#include "server/migration.h"

#include <utility>

#include "codec/seal_passwords.h"
#include "server/lucia_source.h"
#include "server/secret_file.h"
#include "session/foreign_cookies.h"
#include "store/store_url.h"

namespace latchkey::server {
namespace {

Error bad(std::string_view key, const Error& error) {
  return Error{Errc::bad_config, std::string{key}.append(": ").append(error.detail)};
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

Result<http::OldCookie> lucia(const MigrateConfig& config) {
  const Result<StoreUrl> url = parse_store_url(config.lucia_database);
  if (!url) return bad("migrate.lucia_database", url.error());
  const bool file = url->scheme == "sqlite";
  const LuciaReaderOptions options{.database = file ? std::string{url->rest()} : url->url,
                                   .session_table = config.lucia_session_table,
                                   .user_table = config.lucia_user_table,
                                   .hashed_ids = config.lucia_hashed};
  auto database = file ? sqlite::open_lucia_reader(options) : postgres::open_lucia_reader(options);
  if (!database) return bad("migrate.lucia_database", database.error());
  return http::OldCookie{config.lucia_cookie, make_lucia_source(std::move(*database))};
}

Result<http::OldCookie> iron_session(const MigrateConfig& config) {
  constexpr std::string_view kKey = "migrate.iron_session_password_file";
  const auto file = read_secret_file(config.iron_session_password_file, "secret file");
  if (!file) return bad(kKey, file.error());
  std::string_view text = file->insecure_view();
  while (text.ends_with('\n') || text.ends_with('\r')) text.remove_suffix(1);
  auto passwords = codec::read_passwords(SecretBytes{text}, false, "");
  if (!passwords) return bad(kKey, passwords.error());
  // Seals that never expire were written by an application that wanted it so.
  auto sealer = Sealer::make(std::move(*passwords), {.allow_missing_expiry = true});
  if (!sealer) return bad(kKey, sealer.error());
  return http::OldCookie{config.iron_session_cookie,
                         session::make_iron_source(std::move(*sealer), config.iron_session_user)};
}

Result<http::OldCookie> authjs(const MigrateConfig& config) {
  constexpr std::string_view kKey = "migrate.authjs_secret_file";
  const auto file = read_secret_file(config.authjs_secret_file, "secret file");
  if (!file) return bad(kKey, file.error());
  const bool four = config.authjs_version == 4;
  auto cookies = AuthjsCookies::make(lines_of(file->insecure_view()),
                                     {.version = four ? AuthjsVersion::v4 : AuthjsVersion::v5,
                                      .salt = four ? std::string{} : config.authjs_cookie});
  if (!cookies) return bad(kKey, cookies.error());
  return http::OldCookie{config.authjs_cookie,
                         session::make_authjs_source(std::move(*cookies), config.authjs_user)};
}

Result<http::OldCookie> jwt(const MigrateConfig& config) {
  constexpr std::string_view kKey = "migrate.jwt_secret_file";
  const auto file = read_secret_file(config.jwt_secret_file, "secret file");
  if (!file) return bad(kKey, file.error());
  std::string_view text = file->insecure_view();
  while (text.ends_with('\n') || text.ends_with('\r')) text.remove_suffix(1);
  if (text.size() < 32) return bad(kKey, Error{Errc::bad_config, "shorter than 32 bytes"});
  return http::OldCookie{config.jwt_cookie,
                         session::make_jwt_source(SecretBytes{text}, config.jwt_user)};
}

}  // namespace

Result<std::shared_ptr<http::Migration>> make_migration(const MigrateConfig& config,
                                                        Metrics& metrics) {
  http::MigrationOptions options{.until = config.until.value_or(UnixTime{}),
                                 .keep_cookies = config.keep_cookies};
  const std::pair<bool, Result<http::OldCookie> (*)(const MigrateConfig&)> systems[] = {
      {!config.lucia_database.empty(), lucia},
      {!config.iron_session_cookie.empty(), iron_session},
      {!config.authjs_cookie.empty(), authjs},
      {!config.jwt_cookie.empty(), jwt}};
  for (const auto& [wanted, make] : systems) {
    if (!wanted) continue;
    auto cookie = make(config);
    if (!cookie) return cookie.error();
    options.cookies.push_back(std::move(*cookie));
  }
  if (options.cookies.empty()) return std::shared_ptr<http::Migration>{};
  return std::make_shared<http::Migration>(std::move(options), metrics);
}

}  // namespace latchkey::server
