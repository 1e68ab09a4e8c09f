#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "latchkey/ids.h"
#include "latchkey/result.h"
#include "latchkey/time.h"

// One-time secrets: links to reset a password, to verify an e-mail address and the like. Part of
// the contract in latchkey/store.h, whose rules for all calls apply here too.
//
//   OneTimeSecret secret{.hash = sha256_of_the_link, .purpose = "password_reset", .user_id = user,
//                        .created_at = now, .expires_at = now + std::chrono::minutes{15}};
//   store.one_time().put_secret(secret, 3);
//   auto taken = store.one_time().take_secret(hash_of_what_came, "password_reset", now);
//   if (taken && *taken) reset((**taken).user_id);  // nobody else gets this secret any more
namespace latchkey {

// Limits of a secret's variable parts, in bytes.
inline constexpr std::size_t kMaxPurposeBytes = 32;
inline constexpr std::size_t kMaxOneTimeDataBytes = 1024;
// kMaxOneTimeSecrets is the most secrets one user may have of one purpose.
inline constexpr std::size_t kMaxOneTimeSecrets = 16;

// OneTimeSecret is the stored row of a secret. Only its hash is kept, so that a copy of the store
// opens nothing. The secret itself must have at least 128 bits from an Entropy.
struct OneTimeSecret {
  SecretHash hash{};      // SHA-256 of the secret
  std::string purpose{};  // 1 to 32 of a-z, 0-9 and "_"; a secret of another purpose is unknown
  UserId user_id{};       // whose it is; never empty
  std::string data{};     // UTF-8 of the caller's, such as the address that is verified
  UnixTime created_at{};
  UnixTime expires_at{};  // unknown from this moment on
  friend bool operator==(const OneTimeSecret&, const OneTimeSecret&) = default;
};

class OneTimeStore {
 public:
  virtual ~OneTimeStore() = default;
  // put_secret adds a secret. The user keeps at most `most` (1 to kMaxOneTimeSecrets) of its
  // purpose, this one included; the oldest by created_at go. Durable when it returns. To repeat it
  // changes nothing; a hash that another user or purpose has is Errc::conflict.
  virtual Result<void> put_secret(const OneTimeSecret& secret, std::size_t most) = 0;
  // find_secret returns a secret without using it up, for the page of a link. Nothing: it is
  // unknown, of another purpose, expired, taken or removed.
  virtual Result<std::optional<OneTimeSecret>> find_secret(const SecretHash& hash,
                                                           std::string_view purpose,
                                                           UnixTime now) = 0;
  // take_secret returns a secret and deletes it. Of several concurrent calls, on any nodes, only
  // one gets it. Durable when it returns. After an Error the secret may be gone.
  virtual Result<std::optional<OneTimeSecret>> take_secret(const SecretHash& hash,
                                                           std::string_view purpose,
                                                           UnixTime now) = 0;
  // remove_secrets ends the secrets of `user_id`: those of one purpose, or all when it is empty.
  // Returns how many there were, expired ones perhaps included. Durable when it returns.
  virtual Result<std::size_t> remove_secrets(const UserId& user_id, std::string_view purpose) = 0;
  // prune_secrets deletes at most `limit` expired secrets. Returns how many; an engine that
  // deletes them by itself returns 0.
  virtual Result<std::size_t> prune_secrets(UnixTime now, std::size_t limit) = 0;
};

}  // namespace latchkey
