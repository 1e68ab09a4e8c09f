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

// The revocation list: the parts of the store contract that end sessions without a row. The rules
// for all calls in latchkey/store.h apply here too.
namespace latchkey {

// EpochStore keeps a counter per user, from 0. A change ends log-ins in progress and old cookies.
class EpochStore {
 public:
  virtual ~EpochStore() = default;
  virtual Result<std::int64_t> user_epoch(const UserId& user) = 0;
};

// Denial is an entry of the revocation list. The key is the session's id, or `sha256:` and a hash
// for a foreign token without an id: 1 to 128 printable ASCII characters.
struct Denial {
  std::string key{};
  UnixTime until{};  // every token of the session expires before
};
// Standing is what a store knows about a session without a row.
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
  // round trip. An emptied or replaced store is an Error, not an empty list.
  virtual Result<Standing> standing(std::string_view key, const UserId& user,
                                    Wait wait = Wait::allowed) = 0;
  // prune_denials deletes at most `limit` entries whose `until` has come. Returns how many.
  virtual Result<std::size_t> prune_denials(UnixTime now, std::size_t limit) = 0;
};

}  // namespace latchkey
