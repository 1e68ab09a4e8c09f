#pragma once

#include <cstddef>
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

struct UserPage {
  std::vector<StoredUser> users{};
  std::string next{};  // empty: that was all
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
  // upgrade_hash replaces a hash by one of the same password; no session ends. False: it changed.
  virtual Result<bool> upgrade_hash(const UserId& id, const std::string& expected_hash,
                                    const std::string& new_hash) = 0;
  // set_attributes replaces the attributes of a user who still has `expected`. False: they have
  // changed, or there is no such user. Cached sessions are invalidated. Durable when it returns.
  virtual Result<bool> set_attributes(const UserId& id, const std::string& expected,
                                      const std::string& attributes) = 0;
  // set_disabled returns false when there is no such user. Cached sessions are invalidated.
  virtual Result<bool> set_disabled(const UserId& id, bool disabled) = 0;
  // delete_user is one atomic step: the user is deleted, the epoch grows, the sessions end. The
  // name is free again. The epoch stays, so that log-ins in progress fail and old cookies too.
  // Nothing: there is no such user, and nothing changed.
  virtual Result<std::optional<Removed>> delete_user(const UserId& id, UnixTime now) = 0;
  // list_users pages through all users: by username_key, or in an order of its own where an engine
  // keeps none (Redis). `after` is `next` of the page before, empty at first. Users that are there
  // from the first page to the last are seen at least once. `limit` is 1 to 1000 users, which a
  // store without an order may exceed a little.
  virtual Result<UserPage> list_users(const std::string& after, std::size_t limit) = 0;
};

}  // namespace latchkey
