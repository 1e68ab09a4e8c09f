#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>

#include "latchkey/store.h"
#include "latchkey/time.h"

// Copies of sessions in this process. Auth has one by default: AuthOptions::near_cache.
//
//   auto cached = latchkey::make_near_cache(store, {.max_age = std::chrono::seconds{2}});
namespace latchkey {

struct NearCacheOptions {
  std::size_t max_entries = 100'000;         // CLOCK eviction beyond it
  Millis max_age = std::chrono::seconds{5};  // the published staleness bound: no entry is older
  bool cache_users = true;                   // keep the user beside the session
  // max_stale: while the store does not answer, copies up to this age are used for callers that
  // allow it (FindOptions::stale_ok). 0: never. Copies that this process knows to be ended or
  // changed are never used.
  Millis max_stale{0};
};

struct NearCacheStats {
  std::uint64_t hits = 0;
  Millis hit_age{};  // of all hits together: how long ago each copy had been read
  std::uint64_t misses = 0;
  std::uint64_t stale = 0;  // old copies that answered in place of a store that failed
  std::uint64_t invalidations = 0;
  std::size_t entries = 0;
  std::size_t bytes = 0;  // held by entries and tables
};

// NearCache is a Store that keeps copies of records in this process. Writes that pass through it
// invalidate exactly; changes by others arrive through the inner store's watch, and in any case an
// entry lives no longer than max_age. A record that looks expired is read again before it is
// believed. Tombstones and misses are never cached. With max_stale, copies older than max_age stay
// for the time of an outage, also when the invalidation channel is lost.
class NearCache : public Store {
 public:
  virtual NearCacheStats stats() const = 0;
  // drop_all empties the cache, as a lost invalidation channel does.
  virtual void drop_all() = 0;
};

// make_near_cache wraps `inner`, which must outlive the result. `clock` measures age and should not
// jump; nullptr takes the machine's steady clock.
std::unique_ptr<NearCache> make_near_cache(Store& inner, const NearCacheOptions& options,
                                           const Clock* clock = nullptr);

}  // namespace latchkey
