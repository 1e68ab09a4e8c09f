#pragma once

#include <map>
#include <vector>

#include "store/redis/engine.h"

namespace latchkey::redis {

// RedisCounters keeps counters, each a key of its own that Redis forgets when it expires. In a
// cluster those of one call may lie in several slots: each slot decides for itself, and what was
// counted is taken back when another one refused.
class RedisCounters final : public CounterStore {
 public:
  explicit RedisCounters(Engine& engine) : engine_(engine) {}

  Result<CounterOutcome> take(std::span<const CounterTry> tries, UnixTime now) override;
  Result<void> settle(std::span<const std::string> cleared,
                      std::span<const std::string> returned) override;
  Result<std::size_t> prune_counters(UnixTime now, std::size_t limit) override;

 private:
  Engine& engine_;
};

}  // namespace latchkey::redis
