#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "latchkey/ids.h"
#include "latchkey/time.h"

// The stored row of a session, and what is left of it after its end.
namespace latchkey {

// Limits of a record's variable parts, in bytes. A store must hold them; Sessions enforces them.
inline constexpr std::size_t kMaxAttributesBytes = 8192;
inline constexpr std::size_t kMaxUserAgentBytes = 256;
inline constexpr std::size_t kMaxAddressBytes = 64;
inline constexpr std::size_t kMaxSealedSecretBytes = 128;
inline constexpr std::size_t kMaxBindingBytes = 1024;

// EndReason says why a session ended. The numbers are stored and never reused.
enum class EndReason : std::uint8_t {
  logout = 1,            // its own user ended it
  revoked = 2,           // ended from another session, by an administrator or by the application
  evicted = 3,           // the longest idle session of a user over the limit
  expired = 4,           // seen past its deadline
  password_changed = 5,  // ended by a change of password
  replaced = 6,          // a guest session that became a user's
};
std::string_view end_reason_name(EndReason reason) noexcept;

// PreviousSecret lives in a record only during the grace of an optional rotation: a client that
// shows the old secret gets the same new one, which only the old secret opens.
// docs/formats/record.md
struct PreviousSecret {
  SecretHash hash{};
  std::string sealed_secret{};  // the current secret, sealed under a key derived from the old one
  UnixTime until{};             // the grace ends here, and these fields are erased
  friend bool operator==(const PreviousSecret&, const PreviousSecret&) = default;
};

// CarriedState is what a session has in place of a row when its cookie holds all of it (`sealed`
// and `signed`).
struct CarriedState {
  std::int64_t epoch = 0;     // of the user, when the cookie was written; compared for equality
  std::int64_t revision = 1;  // grows with every change of the session
  friend bool operator==(const CarriedState&, const CarriedState&) = default;
};

// SessionRecord is the stored row of a session. docs/formats/record.md
struct SessionRecord {
  SessionId id{};
  SecretHash secret_hash{};
  UserId user_id{};  // empty: a guest session
  UnixTime created_at{};
  UnixTime authenticated_at{};  // last proof of identity; 0 for a guest
  UnixTime last_seen_at{};      // moves with a touch, not with every request
  UnixTime idle_expires_at{};   // dead from this moment on; never beyond absolute_expires_at
  UnixTime absolute_expires_at{};
  Millis idle{};             // life a touch gives; 0: a fixed session that never slides
  std::uint8_t level = 0;    // authentication level: 0 guest, 1 password, 2 and 3 stronger
  bool persistent = true;    // the cookie survives the browser's restart
  std::int64_t version = 1;  // of the row: grows by one with every replace; 0 without a row
  std::string user_agent{};  // <= 256 bytes, cut; empty when unknown
  std::string address{};     // client address as text, <= 64 bytes; empty when unknown
  std::string attributes{};  // JSON object, <= 8192 bytes; empty text stands for {}
  std::optional<PreviousSecret> previous{};
  std::optional<CarriedState> carried{};  // only of a session that no row holds
  // binding: the key of the browser this session is bound to, and what was proved with it, as
  // octets (docs/device_binding.md). Empty: not bound. A store keeps it and looks into nothing.
  std::string binding{};

  // revision grows with every change of the attributes or the level, with every carrier.
  // Equal: nothing has changed. docs/carriers.md, "Revision", says what of parallel changes.
  std::int64_t revision() const noexcept { return carried ? carried->revision : version; }
  friend bool operator==(const SessionRecord&, const SessionRecord&) = default;
};

// Tombstone is what remains of an ended session for kTombstoneLife, so that the holder of the right
// secret can be told why, and so that nothing re-creates it.
struct Tombstone {
  SessionId id{};
  SecretHash secret_hash{};
  EndReason reason = EndReason::revoked;
  UnixTime ended_at{};
  friend bool operator==(const Tombstone&, const Tombstone&) = default;
};
inline constexpr Millis kTombstoneLife = std::chrono::hours{24};

// User is what a verdict carries about a session's user.
struct User {
  UserId id{};
  std::string username{};    // as typed at sign-up, normalised to NFC
  std::string attributes{};  // JSON object; empty text stands for {}
  bool disabled = false;     // none of its sessions is valid while set
  UnixTime created_at{};
  friend bool operator==(const User&, const User&) = default;
};

}  // namespace latchkey
