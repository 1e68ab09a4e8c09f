#pragma once

#include "latchkey/store.h"
#include "store/postgres/wire/client.h"

namespace latchkey::postgres {

// PostgresCounters keeps counters in latchkey_counters.
class PostgresCounters final : public CounterStore {
 public:
  explicit PostgresCounters(Client& client) : client_(client) {}

  Result<CounterOutcome> take(std::span<const CounterTry> tries, UnixTime now) override;
  Result<void> settle(std::span<const std::string> cleared,
                      std::span<const std::string> returned) override;
  Result<std::size_t> prune_counters(UnixTime now, std::size_t limit) override;

 private:
  Client& client_;
};

}  // namespace latchkey::postgres
