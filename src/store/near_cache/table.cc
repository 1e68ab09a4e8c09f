#include "store/near_cache/table.h"

#include <algorithm>
#include <limits>

#include "store/rules.h"

namespace latchkey::near_cache {
namespace {

constexpr std::size_t kShards = 256;
constexpr std::size_t kEntriesWorthShards = 1024;  // fewer entries live in one shard

// raise sets `target` to `value` unless it is higher already.
template <class T>
void raise(std::atomic<T>& target, T value) {
  T seen = target.load();
  while (seen < value && !target.compare_exchange_weak(seen, value)) {
  }
}

}  // namespace

Table::Table(std::size_t max_entries, Millis max_age, Millis max_stale)
    : max_entries_(max_entries),
      max_age_(max_age),
      max_stale_(max_stale),
      shard_mask_((max_entries < kEntriesWorthShards ? 1 : kShards) - 1),
      shards_(std::make_unique<Shard[]>(shard_mask_ + 1)),
      pruned_until_(std::numeric_limits<std::int64_t>::min()) {}

void Table::prefetch(const SessionId& id) const noexcept {
  const std::uint64_t key = key_of(id.text());
  shard_of(key).index.prefetch(key);
}

std::uint16_t Table::slot_of(const UserId& user) noexcept {
  return static_cast<std::uint16_t>(std::hash<UserId>{}(user) % kUserSlots);
}

bool Table::current(const Copy& copy, UnixTime now) const noexcept {
  return now >= copy.taken_at() && now - copy.taken_at() < max_age_ &&
         copy.stamp() >= lost_stamp_.load();
}

bool Table::read_copy(const Copy& copy, const SessionId& id, bool with_user,
                      const FoundPlaces& out) const {
  if (user_stamps_[copy.user_slot()].load() > copy.stamp()) return false;
  if (with_user && copy.known_user() == KnownUser::not_asked) return false;
  if (!copy.unpack(id, with_user, out)) return false;
  return copy.stamp() >= prune_stamp_.load() ||
         to_unix_millis(deadline_of(*out.record)) > pruned_until_.load();
}

bool Table::read(const SessionId& id, bool with_user, UnixTime now, const FoundPlaces& out) {
  const std::uint64_t key = key_of(id.text());
  Shard& shard = shard_of(key);
  const MutexLock lock(shard.mutex);
  const Index::Place place = shard.index.find(key, id);
  if (place && current(Index::at(place), now) && read_copy(Index::at(place), id, with_user, out)) {
    Index::mark(place);
    ++shard.hits;
    shard.hit_age += now - Index::at(place).taken_at();
    return true;
  }
  out.record.reset();
  out.user.reset();
  return false;
}

std::optional<Millis> Table::read_stale(const SessionId& id, bool with_user, UnixTime now,
                                        const FoundPlaces& out) {
  const std::uint64_t key = key_of(id.text());
  Shard& shard = shard_of(key);
  const MutexLock lock(shard.mutex);
  if (const Index::Place place = shard.index.find(key, id)) {
    const Copy& copy = Index::at(place);
    const Millis age = now - copy.taken_at();
    const bool overtaken = copy.stamp() < overtaken_stamp_.load();
    if (!overtaken && age >= Millis{0} && age < max_stale_ && read_copy(copy, id, with_user, out)) {
      Index::mark(place);
      ++shard.stale;
      return std::max(age, Millis{1});
    }
  }
  out.record.reset();
  out.user.reset();
  return std::nullopt;
}

void Table::count_miss(const SessionId& id) {
  Shard& shard = shard_of(key_of(id.text()));
  const MutexLock lock(shard.mutex);
  ++shard.misses;
}

Table::Ticket Table::take_ticket(const SessionId& id, UnixTime now) {
  Shard& shard = shard_of(key_of(id.text()));
  const MutexLock lock(shard.mutex);
  return {shard.generation, last_stamp_.load(), now};
}

void Table::keep(const SessionId& id, const Found& found, bool with_user, const Ticket& ticket) {
  if (!found.record) return forget(id);
  if (max_entries_ == 0) return;
  const KnownUser known =
      !with_user ? KnownUser::not_asked : (found.user ? KnownUser::known : KnownUser::none);
  Copy copy =
      Copy::make(found, known, ticket.taken_at, ticket.stamp, slot_of(found.record->user_id));
  const std::uint64_t key = key_of(id.text());
  Shard& shard = shard_of(key);
  const MutexLock lock(shard.mutex);
  if (shard.generation != ticket.generation) return;
  if (const Index::Place place = shard.index.find(key, id)) {
    if (Index::at(place).taken_at() <= ticket.taken_at) shard.index.replace(place, std::move(copy));
    return;
  }
  if (!make_room(shard)) return;
  const std::size_t before = shard.index.size();
  shard.index.add(key, std::move(copy));
  entries_.fetch_sub(before + 1 - shard.index.size());  // others may have gone for it
}

// make_room counts one more entry, and lets one of this shard go when the table is full.
bool Table::make_room(Shard& shard) {
  if (entries_.fetch_add(1) < max_entries_) return true;
  const bool possible = shard.index.size() > 0;
  if (possible) shard.index.evict();
  entries_.fetch_sub(1);
  return possible;
}

void Table::erase(Shard& shard, const Index::Place& place) {
  shard.index.erase(place);
  entries_.fetch_sub(1);
}

// forget is not a change: answers under way stay welcome, so that look-ups of unknown ids, which
// any client can cause, do not keep the cache from filling.
void Table::forget(const SessionId& id) {
  const std::uint64_t key = key_of(id.text());
  Shard& shard = shard_of(key);
  const MutexLock lock(shard.mutex);
  if (const Index::Place place = shard.index.find(key, id)) erase(shard, place);
}

void Table::drop(const SessionId& id) {
  if (forked_.crossed()) return;
  const std::uint64_t key = key_of(id.text());
  Shard& shard = shard_of(key);
  invalidations_.fetch_add(1, std::memory_order_relaxed);
  const MutexLock lock(shard.mutex);
  ++shard.generation;
  if (const Index::Place place = shard.index.find(key, id)) erase(shard, place);
}

// A ticket with this stamp or a later one was taken after the change, so its answer is of after it.
void Table::drop_user(const UserId& user) {
  invalidations_.fetch_add(1, std::memory_order_relaxed);
  raise(user_stamps_[slot_of(user)], last_stamp_.fetch_add(1) + 1);
}

// The stamp goes last: whoever sees it also sees the time. Records read after the prune are
// believed whatever their deadline, so that one prune at a wrong time does not end caching.
void Table::drop_pruned(UnixTime now) {
  raise(pruned_until_, to_unix_millis(now));
  raise(prune_stamp_, last_stamp_.fetch_add(1) + 1);
}

void Table::drop_all() {
  if (forked_.crossed()) return;
  invalidations_.fetch_add(1, std::memory_order_relaxed);
  for (std::size_t i = 0; i <= shard_mask_; ++i) {
    Index dropped;  // dies outside the lock
    const MutexLock lock(shards_[i].mutex);
    ++shards_[i].generation;
    dropped.swap(shards_[i].index);
    entries_.fetch_sub(dropped.size());
  }
}

// What is suspended ages by max_age, so that no flag is needed; and only once, because touches that
// fail are tried again and again.
void Table::suspend(const SessionId& id, UnixTime now) {
  if (max_stale_ == Millis{0}) return drop(id);
  if (forked_.crossed()) return;
  const std::uint64_t key = key_of(id.text());
  Shard& shard = shard_of(key);
  const MutexLock lock(shard.mutex);
  ++shard.generation;
  const Index::Place place = shard.index.find(key, id);
  if (place && current(Index::at(place), now)) {
    Index::at(place).age_by(std::max(max_age_, Millis{1}));
  }
}

// An answer under way has a ticket with an older stamp, so it does not become a current copy.
void Table::suspend_all() {
  if (max_stale_ == Millis{0}) return drop_all();
  invalidations_.fetch_add(1, std::memory_order_relaxed);
  raise(lost_stamp_, last_stamp_.fetch_add(1) + 1);
}

// A store that answers again was there to be asked, and nobody told what has changed meanwhile.
void Table::answered() noexcept {
  const std::uint64_t lost = lost_stamp_.load();
  if (lost > overtaken_stamp_.load(std::memory_order_relaxed)) raise(overtaken_stamp_, lost);
}

// touch_copy returns false when the row may have left the copy behind.
bool Table::touch_copy(Copy& copy, const Touch& touch, bool all_moved) {
  const std::optional<codec::PackedTimes> times = copy.times();
  if (!times) return false;
  SessionRecord record;
  record.last_seen_at = times->last_seen_at;
  record.idle_expires_at = times->idle_expires_at;
  record.absolute_expires_at = times->absolute_expires_at;
  if (!is_alive(record, touch.last_seen_at)) return false;  // the row lives longer, or it is gone
  if (!apply_touch(record, touch)) return true;
  if (!all_moved) return false;  // perhaps this row is the one that did not move
  copy.set_times({record.last_seen_at, record.idle_expires_at, record.absolute_expires_at});
  return true;
}

void Table::touch(std::span<const Touch> touches, bool all_moved) {
  if (forked_.crossed()) return;
  for (const Touch& touch : touches) {
    const std::uint64_t key = key_of(touch.id.text());
    Shard& shard = shard_of(key);
    const MutexLock lock(shard.mutex);
    ++shard.generation;
    const Index::Place place = shard.index.find(key, touch.id);
    if (place && !touch_copy(Index::at(place), touch, all_moved)) erase(shard, place);
  }
}

NearCacheStats Table::stats() const {
  NearCacheStats stats;
  if (forked_.crossed()) return stats;
  stats.invalidations = invalidations_.load(std::memory_order_relaxed);
  stats.bytes = sizeof(*this);
  for (std::size_t i = 0; i <= shard_mask_; ++i) {
    const Shard& shard = shards_[i];
    const MutexLock lock(shard.mutex);
    stats.bytes += sizeof(Shard) + shard.index.bytes();
    stats.entries += shard.index.size();
    stats.hits += shard.hits;
    stats.hit_age += shard.hit_age;
    stats.misses += shard.misses;
    stats.stale += shard.stale;
  }
  return stats;
}

}  // namespace latchkey::near_cache
