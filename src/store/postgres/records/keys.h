#pragma once

#include "latchkey/store.h"
#include "store/postgres/wire/client.h"

namespace latchkey::postgres {

// PostgresKeys keeps denials in latchkey_denied and the key ring in latchkey_keys, its version in
// latchkey_meta.
class PostgresKeys final : public DenyStore, public KeyStore {
 public:
  explicit PostgresKeys(Client& client) : client_(client) {}

  Result<std::size_t> deny(std::span<const Denial> denials) override;
  Result<Standing> standing(std::string_view key, const UserId& user, Wait wait) override;
  Result<std::size_t> prune_denials(UnixTime now, std::size_t limit) override;
  Result<StoredKeys> keys() override;
  Result<bool> put_keys(std::span<const Key> keys, std::int64_t expected_version) override;

 private:
  Client& client_;
};

}  // namespace latchkey::postgres
