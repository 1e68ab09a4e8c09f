#pragma once

#include "store/redis/engine.h"

namespace latchkey::redis {

// RedisOneTime keeps the secrets of a user in one hash beside its sessions, where one step decides
// about each, and under the hash of a secret only whose it is. Redis forgets both by itself.
class RedisOneTime final : public OneTimeStore {
 public:
  explicit RedisOneTime(Engine& engine) : engine_(engine) {}

  Result<void> put_secret(const OneTimeSecret& secret, std::size_t most) override;
  Result<std::optional<OneTimeSecret>> find_secret(const SecretHash& hash, std::string_view purpose,
                                                   UnixTime now) override;
  Result<std::optional<OneTimeSecret>> take_secret(const SecretHash& hash, std::string_view purpose,
                                                   UnixTime now) override;
  Result<std::size_t> remove_secrets(const UserId& user_id, std::string_view purpose) override;
  Result<std::size_t> prune_secrets(UnixTime now, std::size_t limit) override;

 private:
  Engine& engine_;
};

}  // namespace latchkey::redis
