#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "latchkey/ids.h"
#include "latchkey/time.h"

namespace latchkey::codec {

// SealedSession is what a session that lives in its cookie carries: the record without what only a
// store needs. docs/formats/native_seal.md
inline constexpr std::int64_t kMaxRevision = (std::int64_t{1} << 53) - 1;  // what JavaScript counts
struct SealedSession {
  SessionId id;  // names the session on deny-lists
  UserId user_id;
  UnixTime created_at{};
  UnixTime authenticated_at{};
  UnixTime idle_expires_at{};
  UnixTime absolute_expires_at{};
  std::int64_t epoch = 0;                  // of the user, compared for equality
  std::optional<std::int64_t> revision{};  // 0 to kMaxRevision; nothing: format 1, which has none
  std::uint8_t level = 0;
  bool persistent = true;
  std::string attributes;  // JSON object; empty text stands for {}
  friend bool operator==(const SealedSession&, const SealedSession&) = default;
};

// pack_sealed_session returns the packed form, format 2 if there is a revision; `id` must not be
// empty.
std::string pack_sealed_session(const SealedSession& session);
// unpack_sealed_session accepts only what pack_sealed_session writes.
std::optional<SealedSession> unpack_sealed_session(std::string_view packed);

}  // namespace latchkey::codec
