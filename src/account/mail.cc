#include "latchkey/mail.h"

#include <algorithm>

#include "account/username.h"
#include "base/utf8.h"

namespace latchkey {

std::string_view mail_kind_name(MailKind kind) noexcept {
  switch (kind) {
    case MailKind::password_changed:
      return "password_changed";
    case MailKind::address_verification:
      return "address_verification";
    case MailKind::new_device:
      return "new_device";
    case MailKind::password_reset:
      break;
  }
  return "password_reset";
}

bool is_mail_address(std::string_view text) noexcept {
  const std::size_t at = text.find('@');
  if (text.size() > account::kMaxUsernameBytes || !is_utf8(text) || has_control(text)) return false;
  if (at == std::string_view::npos || at == 0 || at + 1 == text.size()) return false;
  if (text.find('@', at + 1) != std::string_view::npos) return false;
  if (text.front() == '-' || text[at + 1] == '-') return false;
  constexpr std::string_view kUnsafe = " \"'`(),:;<>[]\\|&$";
  return std::all_of(text.begin(), text.end(),
                     [&](char c) { return kUnsafe.find(c) == std::string_view::npos; });
}

}  // namespace latchkey
