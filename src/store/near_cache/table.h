#pragma once

#include <array>
#include <atomic>
#include <memory>
#include <optional>

#include "base/fork.h"
#include "base/mutex.h"
#include "latchkey/near_cache.h"
#include "store/near_cache/index.h"

namespace latchkey::near_cache {

// Table holds copies of records, at most `max_entries` and none older than `max_age`. Thread-safe.
//
// A copy is made in three steps: take a ticket, ask the store, keep the answer. Whoever changes the
// store drops what the change concerns after the commit. A dropped id moves the generation of its
// shard, and `keep` refuses answers with an older ticket; a dropped user gets a stamp from a
// counter, and `read` does not believe copies with an older one. So no answer from before a change
// outlives it.
//
// In a forked child nothing is read, kept or dropped: a thread of the parent may hold a lock there.
class Table {
 public:
  // `max_stale`: 0, or how old a copy may be that read_stale returns.
  Table(std::size_t max_entries, Millis max_age, Millis max_stale = Millis{0});

  // prefetch starts loading what read needs.
  void prefetch(const SessionId& id) const noexcept LATCHKEY_NO_THREAD_SAFETY_ANALYSIS;
  // read answers from a copy. False: ask the store.
  bool read(const SessionId& id, bool with_user, UnixTime now, const FoundPlaces& out);
  // read_stale answers from a copy that is too old for `read`, or that a lost channel left behind,
  // and returns its age. Nothing: there is none, or it is known to be wrong.
  std::optional<Millis> read_stale(const SessionId& id, bool with_user, UnixTime now,
                                   const FoundPlaces& out);
  // count_miss is called when the store was asked in place of a copy.
  void count_miss(const SessionId& id);

  struct Ticket {
    std::uint64_t generation = 0;
    std::uint64_t stamp = 0;
    UnixTime taken_at{};
  };
  Ticket take_ticket(const SessionId& id, UnixTime now);
  // keep makes a copy of a record, or drops the one there is when the store has no record any more.
  void keep(const SessionId& id, const Found& found, bool with_user, const Ticket& ticket);

  void drop(const SessionId& id);
  // drop_user drops every copy of a session of `user`, in constant time.
  void drop_user(const UserId& user);
  // drop_pruned drops every copy past a deadline at `now`, in constant time.
  void drop_pruned(UnixTime now);
  void drop_all();
  // suspend and suspend_all leave copies to read_stale alone, if it may have any: nothing is known
  // to have changed, but it may have.
  void suspend(const SessionId& id, UnixTime now);
  void suspend_all();
  // answered: the store has answered, so read_stale has no more of what was suspended with all.
  void answered() noexcept;
  // touch moves the copies of sessions whose rows were touched; `all_moved` tells whether every row
  // did. A copy that a row may have left behind is dropped.
  void touch(std::span<const Touch> touches, bool all_moved);

  NearCacheStats stats() const;

 private:
  struct alignas(64) Shard {
    mutable Mutex mutex;
    Index index LATCHKEY_GUARDED_BY(mutex);
    std::uint64_t generation LATCHKEY_GUARDED_BY(mutex) = 0;
    std::uint64_t hits LATCHKEY_GUARDED_BY(mutex) = 0;
    Millis hit_age LATCHKEY_GUARDED_BY(mutex){};
    std::uint64_t misses LATCHKEY_GUARDED_BY(mutex) = 0;
    std::uint64_t stale LATCHKEY_GUARDED_BY(mutex) = 0;
  };
  static constexpr std::size_t kUserSlots = 4096;

  static std::uint16_t slot_of(const UserId& user) noexcept;
  Shard& shard_of(std::uint64_t key) const noexcept { return shards_[(key >> 56) & shard_mask_]; }

  bool current(const Copy& copy, UnixTime now) const noexcept;
  // read_copy reads what no known change has made wrong, whatever its age.
  bool read_copy(const Copy& copy, const SessionId& id, bool with_user,
                 const FoundPlaces& out) const;
  void forget(const SessionId& id);
  bool make_room(Shard& shard) LATCHKEY_REQUIRES(shard.mutex);
  void erase(Shard& shard, const Index::Place& place) LATCHKEY_REQUIRES(shard.mutex);
  static bool touch_copy(Copy& copy, const Touch& touch, bool all_moved);

  const ForkGuard forked_;
  const std::size_t max_entries_;
  const Millis max_age_;
  const Millis max_stale_;
  const std::size_t shard_mask_;
  const std::unique_ptr<Shard[]> shards_;
  std::array<std::atomic<std::uint64_t>, kUserSlots> user_stamps_{};  // of the last drop
  std::atomic<std::uint64_t> last_stamp_{0};
  std::atomic<std::int64_t> pruned_until_;
  std::atomic<std::uint64_t> prune_stamp_{0};
  std::atomic<std::uint64_t> lost_stamp_{0};       // of the last suspend_all
  std::atomic<std::uint64_t> overtaken_stamp_{0};  // lost_stamp_ at the last answer
  std::atomic<std::size_t> entries_{0};
  std::atomic<std::uint64_t> invalidations_{0};
};

}  // namespace latchkey::near_cache
