#include "cli/user/user_mapping.h"

#include <algorithm>

#include "cli/moment.h"

namespace latchkey::cli {
namespace {

constexpr UserMapping kOwn{
    "latchkey",
    {{{"id"}, {"username"}, {"created_at"}, {"disabled"}, {"attributes"}, {"password_hash"}}}};

// Lucia 3 leaves the columns to the application; rows of Lucia 2's key table have the name in id.
constexpr UserMapping kLucia{
    "lucia",
    {{{"user_id", "userId", "id"},
      {"username", "email", "name", "id:"},
      {"created_at", "createdAt"},
      {"disabled"},
      {},
      {"password_hash", "passwordHash", "hashed_password", "hashedPassword", "password"}}}};

// Rows of `account` joined with `user`.
constexpr UserMapping kBetterAuth{"better-auth",
                                  {{{"userId", "user_id", "id"},
                                    {"username", "email"},
                                    {"createdAt", "created_at"},
                                    {"banned"},
                                    {},
                                    {"password"}}}};

constexpr UserMapping kAuthjs{
    "authjs",
    {{{"id", "userId", "user_id"},
      {"username", "email"},
      {"createdAt", "created_at"},
      {"disabled"},
      {},
      {"password_hash", "passwordHash", "hashed_password", "hashedPassword", "password"}}}};

constexpr UserMapping kKratos{
    "kratos",
    {{{"id"},
      {"credentials.password.identifiers.0", "traits.username", "traits.email"},
      {"created_at"},
      {"state"},
      {},
      {"credentials.password.config.hashed_password"}}}};

}  // namespace

const UserMapping& own_mapping() noexcept { return kOwn; }

const UserMapping* find_mapping(std::string_view name) noexcept {
  for (const UserMapping* one : {&kLucia, &kBetterAuth, &kAuthjs, &kKratos}) {
    if (one->name == name) return one;
  }
  return nullptr;
}

std::optional<bool> parse_disabled(std::string_view text) noexcept {
  for (const std::string_view yes : {"true", "1", "t", "inactive"}) {
    if (text == yes) return true;
  }
  for (const std::string_view no : {"", "false", "0", "f", "active"}) {
    if (text == no) return false;
  }
  return std::nullopt;
}

std::optional<UnixTime> parse_created_at(std::string text) {
  constexpr std::size_t kDate = 10, kSeconds = 19;
  if (const auto moment = parse_moment(text)) return moment;
  if (text.size() < kSeconds || text[kDate] != ' ') return std::nullopt;
  text[kDate] = 'T';
  if (text.ends_with("+00")) text += ":00";
  if (text.find_first_of("Z+-", kSeconds) == std::string::npos) text += 'Z';
  return parse_moment(text);
}

}  // namespace latchkey::cli
