#include "account/username.h"

#include <algorithm>

#include "crypto/unicode.h"

namespace latchkey::account {
namespace {

std::string_view trim(std::string_view text) noexcept {
  while (text.starts_with(' ')) text.remove_prefix(1);
  while (text.ends_with(' ')) text.remove_suffix(1);
  return text;
}

bool is_acceptable(std::string_view name) noexcept {
  return !name.empty() && name.size() <= kMaxUsernameBytes &&
         !crypto::has_unsafe_name_character(name) &&
         name.find_first_of("\"(),:;<>[\\]`") == std::string_view::npos &&
         std::count(name.begin(), name.end(), '@') <= 1 && name.front() != '@' &&
         name.back() != '@';
}

}  // namespace

std::optional<Username> parse_username(std::string_view text) {
  // Normalising may grow a text; what is far too long is not worth it.
  if (text.size() > 4 * kMaxUsernameBytes) return std::nullopt;
  auto shown = crypto::nfc(trim(text));
  auto key = crypto::nfkc_casefold(trim(text));
  if (!shown || !key || !is_acceptable(*shown) || !is_acceptable(*key)) return std::nullopt;
  return Username{std::move(*shown), std::move(*key)};
}

}  // namespace latchkey::account
