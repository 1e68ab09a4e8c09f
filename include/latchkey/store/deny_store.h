#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "latchkey/record.h"
#include "latchkey/result.h"
#include "latchkey/wait.h"

// The parts of the store contract that end sessions without a row. What latchkey/store.h says of
// all calls holds here too.
namespace latchkey {

// EpochStore keeps a counter per user, from 0, that ends logins under way and stateless sessions.
class EpochStore {
 public:
  virtual ~EpochStore() = default;
  virtual Result<std::int64_t> user_epoch(const UserId& user) = 0;
};

// Denial ends a session that no row holds. The key is the session's id, or `sha256:` and a hash for
// a foreign token without an id of its own: 1 to 128 printable ASCII characters.
struct Denial {
  std::string key{};
  UnixTime until{};  // no token of the session lives longer
};
// Standing is what a store knows about a session that no row holds.
struct Standing {
  bool denied = false;
  std::int64_t user_epoch = 0;
  std::optional<User> user{};  // when the store knows the user
};

// DenyStore ends stateless sessions before their time.
class DenyStore {
 public:
  virtual ~DenyStore() = default;
  // deny adds entries; of two for one key the later `until` counts. Returns how many keys were not
  // denied before. Durable when it returns.
  virtual Result<std::size_t> deny(std::span<const Denial> denials) = 0;
  // standing answers for one session and its user (empty: a guest) as of now, from no cache. One
  // round trip. An emptied or foreign store is an Error, not a clean record.
  virtual Result<Standing> standing(std::string_view key, const UserId& user,
                                    Wait wait = Wait::allowed) = 0;
  // prune_denials deletes at most `limit` entries whose `until` has come. Returns how many.
  virtual Result<std::size_t> prune_denials(UnixTime now, std::size_t limit) = 0;
};

}  // namespace latchkey
