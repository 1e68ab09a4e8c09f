#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "latchkey/record.h"
#include "latchkey/result.h"

// Users with passwords, as a store keeps them. Part of the contract in latchkey/store.h.
namespace latchkey {

// Removed lists what a bulk removal ended.
struct Removed {
  std::vector<SessionId> ids{};
  std::int64_t user_epoch = 0;
};

// StoredUser is a user with what is needed to check a password.
struct StoredUser {
  User user{};
  std::string username_key{};   // the folded form that is unique
  std::string password_hash{};  // PHC string
};
struct SetPassword {
  UserId user{};
  std::string new_hash{};
  std::string expected_hash{};        // conflict unless the row still has this one
  std::optional<SessionId> except{};  // this session stays
  UnixTime now{};
};
enum class SetPasswordStatus : std::uint8_t { changed, conflict, gone };
struct SetPasswordOutcome {
  SetPasswordStatus status = SetPasswordStatus::changed;
  Removed removed{};
};

class UserStore {
 public:
  virtual ~UserStore() = default;
  // add_user returns false when the username_key is taken. Durable when it returns.
  virtual Result<bool> add_user(const StoredUser& user) = 0;
  virtual Result<std::optional<StoredUser>> find_user(const UserId& id) = 0;
  virtual Result<std::optional<StoredUser>> find_username(std::string_view username_key) = 0;
  // set_password is one atomic step: the hash changes, the epoch grows, the sessions end.
  virtual Result<SetPasswordOutcome> set_password(const SetPassword& change) = 0;
  // upgrade_hash replaces a hash by one of the same password; no session ends. False: it moved on.
  virtual Result<bool> upgrade_hash(const UserId& id, const std::string& expected_hash,
                                    const std::string& new_hash) = 0;
  // set_disabled returns false when there is no such user. Cached sessions are invalidated.
  virtual Result<bool> set_disabled(const UserId& id, bool disabled) = 0;
};

}  // namespace latchkey
