#include "store/memory/table.h"

namespace latchkey::memory {

Counter CounterTable::find(const std::string& key) const {
  const auto it = counters_.find(key);
  return it == counters_.end() ? Counter{} : it->second;
}

void CounterTable::put(const std::string& key, const Counter& counter) {
  const auto [row, added] = counters_.try_emplace(key, counter);
  if (!added) {
    by_expiry_.erase({row->second.expires_at, key});
    row->second = counter;
  }
  by_expiry_.emplace(counter.expires_at, key);
}

void CounterTable::erase(const std::string& key) {
  const auto it = counters_.find(key);
  if (it == counters_.end()) return;
  by_expiry_.erase({it->second.expires_at, key});
  counters_.erase(it);
}

std::size_t CounterTable::prune(UnixTime now, std::size_t limit) {
  std::size_t gone = 0;
  while (gone < limit && !by_expiry_.empty() && by_expiry_.begin()->first <= now) {
    counters_.erase(by_expiry_.begin()->second);
    by_expiry_.erase(by_expiry_.begin());
    ++gone;
  }
  return gone;
}

Result<CounterOutcome> Counters::take(std::span<const CounterTry> tries, UnixTime now) {
  if (Result<void> fine = check_tries(tries); !fine) return fine.error();
  if (data_.forked.crossed()) return forked_error();
  const MutexLock lock(data_.mutex);
  CounterOutcome outcome{.taken = true};
  for (const CounterTry& one : tries) {
    const Counter counter = data_.counters.find(one.key);
    if (blocks(counter, now)) outcome.taken = false;
    outcome.states.push_back(state_at(counter, now));
  }
  if (!outcome.taken) return outcome;
  for (std::size_t i = 0; i < tries.size(); ++i) {
    Counter counter = data_.counters.find(tries[i].key);
    count_try(counter, tries[i].rule, now);
    data_.counters.put(tries[i].key, counter);
    outcome.states[i] = state_at(counter, now);
  }
  return outcome;
}

Result<void> Counters::settle(std::span<const std::string> cleared,
                              std::span<const std::string> returned) {
  if (Result<void> fine = check_settled(cleared, returned); !fine) return fine;
  if (data_.forked.crossed()) return forked_error();
  const MutexLock lock(data_.mutex);
  for (const std::string& key : cleared) data_.counters.erase(key);
  for (const std::string& key : returned) {
    Counter counter = data_.counters.find(key);
    if (counter.count == 0) continue;
    return_try(counter);
    data_.counters.put(key, counter);
  }
  return {};
}

Result<std::size_t> Counters::prune_counters(UnixTime now, std::size_t limit) {
  if (data_.forked.crossed()) return forked_error();
  const MutexLock lock(data_.mutex);
  return data_.counters.prune(now, limit);
}

}  // namespace latchkey::memory
