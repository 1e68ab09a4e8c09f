#pragma once

#include "store/redis/engine.h"

namespace latchkey::redis {

// hmget_user is the command whose reply read_stored_user reads; nothing: there is no such user.
std::vector<std::string> hmget_user(const std::string& key);
Result<std::optional<StoredUser>> read_stored_user(const UserId& id, const Reply& fields);

// RedisUsers keeps users and epochs. A name is a key of its own, in another slot than its user, so
// that signing up is three steps: claim the name, make the user, and let the claim stand. A claim
// whose user was never made, or is gone, gives way after kClaimLife.
class RedisUsers final : public UserStore, public EpochStore {
 public:
  explicit RedisUsers(Engine& engine) : engine_(engine) {}

  Result<bool> add_user(const StoredUser& user) override;
  Result<std::optional<StoredUser>> find_user(const UserId& id) override;
  Result<std::optional<StoredUser>> find_username(std::string_view username_key) override;
  Result<SetPasswordOutcome> set_password(const SetPassword& change) override;
  Result<bool> upgrade_hash(const UserId& id, const std::string& expected_hash,
                            const std::string& new_hash) override;
  Result<bool> set_attributes(const UserId& id, const std::string& expected,
                              const std::string& attributes) override;
  Result<bool> set_disabled(const UserId& id, bool disabled) override;
  Result<std::optional<Removed>> delete_user(const UserId& id, UnixTime now) override;
  Result<UserPage> list_users(const std::string& after, std::size_t limit) override;
  Result<std::int64_t> user_epoch(const UserId& user) override;

 private:
  // claim returns the claim that is ours now, or nothing when the name is taken.
  Result<std::optional<std::string>> claim(const StoredUser& user);
  Result<bool> has_user(std::string_view claim, const std::string& username_key);
  // release ends the claim that `id` has on its name.
  void release(const UserId& id, const std::string& username_key);

  Engine& engine_;
};

}  // namespace latchkey::redis
