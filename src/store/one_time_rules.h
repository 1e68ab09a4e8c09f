#pragma once

#include <algorithm>
#include <string_view>

#include "base/utf8.h"
#include "latchkey/store/one_time_store.h"

// What every OneTimeStore accepts.
namespace latchkey {

inline bool is_purpose(std::string_view purpose) noexcept {
  return !purpose.empty() && purpose.size() <= kMaxPurposeBytes &&
         std::all_of(purpose.begin(), purpose.end(), [](char c) {
           return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_';
         });
}

// check_purpose refuses what is no purpose; an empty one stands for all of them where it may.
inline Result<void> check_purpose(std::string_view purpose, bool may_be_all = false) {
  if (is_purpose(purpose) || (may_be_all && purpose.empty())) return {};
  return Error{Errc::invalid_argument, "a purpose is 1 to 32 characters of a-z, 0-9 and \"_\""};
}

inline Result<void> check_secret(const OneTimeSecret& secret, std::size_t most) {
  if (Result<void> fine = check_purpose(secret.purpose); !fine) return fine;
  if (secret.user_id.empty()) return Error{Errc::invalid_argument, "put_secret: no user"};
  if (most == 0 || most > kMaxOneTimeSecrets) {
    return Error{Errc::invalid_argument, "put_secret: a user keeps 1 to 16 secrets"};
  }
  if (secret.created_at < UnixTime{} || secret.expires_at <= secret.created_at ||
      secret.expires_at > kNever) {
    return Error{Errc::invalid_argument, "put_secret: it must expire after it was made"};
  }
  if (secret.data.size() > kMaxOneTimeDataBytes) {
    return Error{Errc::too_large, "put_secret: the data is over 1024 bytes"};
  }
  if (!is_utf8(secret.data) || secret.data.find('\0') != std::string::npos) {
    return Error{Errc::invalid_argument, "put_secret: the data is not UTF-8, or has a NUL"};
  }
  return {};
}

// put_conflict is the failure of a hash that somebody else has.
inline Error put_conflict() {
  return Error{Errc::conflict, "put_secret: another secret has this hash"};
}

}  // namespace latchkey
