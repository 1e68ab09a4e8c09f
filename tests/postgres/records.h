#pragma once

#include <string>

#include "latchkey/store.h"

namespace latchkey::testing {

inline constexpr UnixTime kBegin = from_unix_millis(1'800'000'000'000);

inline UserId user_named(const std::string& name) { return UserId::parse(name).value(); }

// record_number makes records that differ in everything that must differ.
inline SessionRecord record_number(int number, const UserId& user) {
  std::string digits = std::to_string(number);
  SessionRecord record;
  record.id = SessionId::parse("06S" + std::string(20 - digits.size(), 'A') + digits).value();
  record.secret_hash.bytes.fill(static_cast<std::uint8_t>(number));
  record.user_id = user;
  record.created_at = record.authenticated_at = record.last_seen_at = kBegin;
  record.idle_expires_at = kBegin + std::chrono::hours{24};
  record.absolute_expires_at = kBegin + std::chrono::days{7};
  record.idle = std::chrono::hours{24};
  record.level = 1;
  return record;
}

}  // namespace latchkey::testing
