#pragma once

#include "store/redis/engine.h"

namespace latchkey::redis {

// RedisDenials keeps denials, each a key of its own. In a cluster those of one call lie in several
// slots: a call that fails may have written some of them, and may be repeated.
class RedisDenials final : public DenyStore {
 public:
  explicit RedisDenials(Engine& engine) : engine_(engine) {}

  Result<std::size_t> deny(std::span<const Denial> denials) override;
  Result<Standing> standing(std::string_view key, const UserId& user, Wait wait) override;
  Result<std::size_t> prune_denials(UnixTime now, std::size_t limit) override;

 private:
  Engine& engine_;
};

class RedisKeys final : public KeyStore {
 public:
  explicit RedisKeys(Engine& engine) : engine_(engine) {}

  Result<StoredKeys> keys() override;
  Result<bool> put_keys(std::span<const Key> keys, std::int64_t expected_version) override;

 private:
  Engine& engine_;
};

}  // namespace latchkey::redis
