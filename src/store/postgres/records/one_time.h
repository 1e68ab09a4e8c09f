#pragma once

#include "latchkey/store.h"
#include "store/postgres/wire/client.h"

namespace latchkey::postgres {

// PostgresOneTime keeps secrets in latchkey_one_time_secrets.
class PostgresOneTime final : public OneTimeStore {
 public:
  explicit PostgresOneTime(Client& client) : client_(client) {}

  Result<void> put_secret(const OneTimeSecret& secret, std::size_t most) override;
  Result<std::optional<OneTimeSecret>> find_secret(const SecretHash& hash, std::string_view purpose,
                                                   UnixTime now) override;
  Result<std::optional<OneTimeSecret>> take_secret(const SecretHash& hash, std::string_view purpose,
                                                   UnixTime now) override;
  Result<std::size_t> remove_secrets(const UserId& user_id, std::string_view purpose) override;
  Result<std::size_t> prune_secrets(UnixTime now, std::size_t limit) override;

 private:
  Client& client_;
};

}  // namespace latchkey::postgres
