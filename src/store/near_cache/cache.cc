#include "latchkey/near_cache.h"

#include <time.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <limits>
#include <utility>

#include "base/fork.h"
#include "base/mutex.h"
#include "base/platform/platform.h"
#include "latchkey/store/forwarding_store.h"
#include "store/near_cache/table.h"

namespace latchkey {
namespace {

using near_cache::Table;

// The machine's coarse steady clock costs a fifth of the exact one, and is late by up to kTick.
class CoarseClock final : public Clock {
 public:
  static constexpr Millis kTick{10};
  UnixTime now() const noexcept override { return from_unix_millis(platform::coarse_millis()); }
};

// is_outage: the store does not answer. What it answers, such as that its data are damaged or are
// those of another store, no copy may hide.
bool is_outage(Errc code) noexcept {
  return code == Errc::store_unavailable || code == Errc::store_busy || code == Errc::overloaded;
}

class CachedSessions final : public SessionStore {
 public:
  CachedSessions(SessionStore& inner, Table& table, const Clock& clock, bool cache_users)
      : inner_(inner), table_(table), clock_(clock), cache_users_(cache_users) {
    delay_ = inner_.watch([this](const Invalidation& change) { apply(change); });
  }
  ~CachedSessions() override { inner_.watch(nullptr); }
  CachedSessions(const CachedSessions&) = delete;
  CachedSessions& operator=(const CachedSessions&) = delete;

  Result<InsertOutcome> insert(const SessionRecord& record, const InsertOptions& options) override {
    auto outcome = inner_.insert(record, options);
    drop_evicted({record, options}, outcome);
    return outcome;
  }
  std::vector<Result<InsertOutcome>> insert_all(std::span<const Insertion> insertions) override {
    auto outcomes = inner_.insert_all(insertions);
    for (std::size_t i = 0; i < insertions.size(); ++i) drop_evicted(insertions[i], outcomes[i]);
    return outcomes;
  }

  Result<std::vector<Found>> find(std::span<const SessionId> ids,
                                  const FindOptions& options) override;

  Result<void> find_one(const SessionId& id, const FindOptions& options,
                        const FoundPlaces& out) override {
    if (forked_.crossed()) return forked_error();  // nobody here hears of changes
    if (!options.fresh && table_.read(id, options.with_user, clock_.now(), out)) return {};
    const bool stale_ok = options.stale_ok && !options.fresh;
    if (stale_ok && failing() && read_stale(id, options.with_user, out)) return {};
    auto found = find_inner(std::span(&id, 1), options);
    if (!found) {
      const bool away = stale_ok && is_outage(found.error().code);
      if (away && read_stale(id, options.with_user, out)) return {};
      return found.error();
    }
    out.put(std::move(found->front()));
    return {};
  }

  void expect(const SessionId& id) const noexcept override { table_.prefetch(id); }

  Result<std::size_t> touch(std::span<const Touch> touches) override {
    auto moved = inner_.touch(touches);
    if (moved) {
      table_.touch(touches, *moved == touches.size());
    } else {
      // A row may live longer than its copy says, and never less long.
      for (const Touch& touch : touches) table_.suspend(touch.id, clock_.now());
    }
    return moved;
  }

  Result<ReplaceStatus> replace(const SessionRecord& record, std::int64_t expected_version,
                                UnixTime now) override {
    auto status = inner_.replace(record, expected_version, now);
    table_.drop(record.id);
    return status;
  }

  Result<std::size_t> remove(std::span<const SessionId> ids, EndReason reason,
                             UnixTime now) override {
    auto existed = inner_.remove(ids, reason, now);
    for (const SessionId& id : ids) table_.drop(id);
    return existed;
  }

  Result<Removed> remove_user(const UserId& user, const RemoveUserOptions& options) override {
    auto removed = inner_.remove_user(user, options);
    table_.drop_user(user);
    return removed;
  }

  Result<SessionPage> list_user(const UserId& user, const PageRequest& page) override {
    return inner_.list_user(user, page);
  }

  Result<std::size_t> prune(UnixTime now, std::size_t limit) override {
    auto gone = inner_.prune(now, limit);
    table_.drop_pruned(now);
    return gone;
  }

  // The sink runs under a lock, so that none is under way when another one takes its place.
  std::optional<Millis> watch(Sink sink) override {
    if (forked_.crossed()) return std::nullopt;
    const MutexLock lock(sink_mutex_);
    sink_ = std::move(sink);
    return delay_;
  }
  std::optional<WatchStatus> watch_status() const override { return inner_.watch_status(); }

 private:
  void drop_evicted(const Insertion& insertion, const Result<InsertOutcome>& outcome) {
    if (outcome) {
      for (const SessionId& id : outcome->evicted) table_.drop(id);
    } else if (insertion.options.max_per_user > 0) {
      // It may have evicted before the answer was lost.
      table_.drop_user(insertion.record.user_id);
    }
  }
  void apply(const Invalidation& change) {
    if (change.channel_lost) {
      table_.suspend_all();
    } else if (change.everything) {
      table_.drop_all();
    }
    for (const SessionId& id : change.ids) table_.drop(id);
    for (const UserId& user : change.users) table_.drop_user(user);
    const MutexLock lock(sink_mutex_);
    if (sink_) sink_(change);
  }

  Result<std::vector<Found>> find_inner(std::span<const SessionId> ids, const FindOptions& options);

  // failing: a look-up failed less than kPatience ago. The next ones need not wait for the same.
  bool failing() const noexcept {
    const std::int64_t at = failed_at_.load(std::memory_order_relaxed);
    return at != kNeverFailed && to_unix_millis(clock_.now()) - at < kPatience.count();
  }
  void note(const Result<std::vector<Found>>& found, UnixTime now) noexcept {
    // What was refused because too many wait says nothing of the store.
    const bool away =
        !found && is_outage(found.error().code) && found.error().code != Errc::overloaded;
    if (!away && !found) return;
    if (found) table_.answered();
    const std::int64_t at = away ? to_unix_millis(now) : kNeverFailed;
    if (failed_at_.load(std::memory_order_relaxed) != at) failed_at_ = at;
  }
  bool read_stale(const SessionId& id, bool with_user, const FoundPlaces& out) {
    const auto age = table_.read_stale(id, with_user, clock_.now(), out);
    if (age) out.stale_for = *age;
    return age.has_value();
  }

  static constexpr Millis kPatience{1000};
  static constexpr std::int64_t kNeverFailed = std::numeric_limits<std::int64_t>::min();
  std::atomic<std::int64_t> failed_at_{kNeverFailed};
  SessionStore& inner_;
  Table& table_;
  const Clock& clock_;
  const bool cache_users_;
  const ForkGuard forked_;
  std::optional<Millis> delay_;
  Mutex sink_mutex_;
  Sink sink_ LATCHKEY_GUARDED_BY(sink_mutex_);
};

// find_inner asks the store and keeps what it answers.
Result<std::vector<Found>> CachedSessions::find_inner(std::span<const SessionId> ids,
                                                      const FindOptions& options) {
  std::array<Table::Ticket, kMaxFind> tickets;
  const UnixTime now = clock_.now();
  for (std::size_t i = 0; i < ids.size(); ++i) tickets[i] = table_.take_ticket(ids[i], now);
  auto found = inner_.find(ids, options);
  if (!found && found.error().code == Errc::would_wait) return found;  // nothing has happened
  note(found, clock_.now());
  if (!options.fresh) {
    for (const SessionId& id : ids) table_.count_miss(id);
  }
  if (!found) return found;
  const bool with_user = options.with_user && cache_users_;
  for (std::size_t i = 0; i < ids.size(); ++i) {
    table_.keep(ids[i], (*found)[i], with_user, tickets[i]);
  }
  return found;
}

Result<std::vector<Found>> CachedSessions::find(std::span<const SessionId> ids,
                                                const FindOptions& options) {
  if (forked_.crossed()) return forked_error();
  if (ids.size() > kMaxFind) return inner_.find(ids, options);  // which refuses it
  if (options.fresh) return find_inner(ids, options);

  for (const SessionId& id : ids) table_.prefetch(id);
  std::vector<Found> answers(ids.size());
  std::array<std::size_t, kMaxFind> missing;
  std::size_t num_missing = 0;
  const UnixTime now = clock_.now();
  for (std::size_t i = 0; i < ids.size(); ++i) {
    if (!table_.read(ids[i], options.with_user, now, answers[i])) missing[num_missing++] = i;
  }
  if (num_missing == 0) return answers;

  std::array<SessionId, kMaxFind> asked;
  for (std::size_t i = 0; i < num_missing; ++i) asked[i] = ids[missing[i]];
  auto found = find_inner({asked.data(), num_missing}, options);
  if (!found) return found;
  for (std::size_t i = 0; i < num_missing; ++i) answers[missing[i]] = std::move((*found)[i]);
  return answers;
}

Millis stale_bound(Millis max_stale, bool exact) {
  return exact ? max_stale : std::max(max_stale - CoarseClock::kTick, Millis{0});
}

// Users are not looked up here; only what a session's copy carries of them is dropped.
class CachedUsers final : public ForwardingUserStore {
 public:
  CachedUsers(UserStore& inner, Table& table) : ForwardingUserStore(inner), table_(table) {}

  Result<bool> add_user(const StoredUser& user) override {
    auto added = inner().add_user(user);
    table_.drop_user(user.user.id);
    return added;
  }
  Result<SetPasswordOutcome> set_password(const SetPassword& change) override {
    auto outcome = inner().set_password(change);
    table_.drop_user(change.user);
    return outcome;
  }
  Result<bool> set_attributes(const UserId& id, const std::string& expected,
                              const std::string& attributes) override {
    auto changed = inner().set_attributes(id, expected, attributes);
    table_.drop_user(id);
    return changed;
  }
  Result<bool> set_disabled(const UserId& id, bool disabled) override {
    auto known = inner().set_disabled(id, disabled);
    table_.drop_user(id);
    return known;
  }
  Result<std::optional<Removed>> delete_user(const UserId& id, UnixTime now) override {
    auto removed = inner().delete_user(id, now);
    table_.drop_user(id);
    return removed;
  }

 private:
  Table& table_;
};

class NearCacheStore final : public NearCache {
 public:
  NearCacheStore(Store& inner, const NearCacheOptions& options, const Clock* clock)
      : inner_(inner),
        table_(options.max_entries,
               clock != nullptr ? options.max_age : options.max_age - CoarseClock::kTick,
               stale_bound(options.max_stale, clock != nullptr)),
        sessions_(inner.sessions(), table_, clock != nullptr ? *clock : coarse_clock_,
                  options.cache_users),
        users_(inner.users(), table_) {}

  SessionStore& sessions() override { return sessions_; }
  EpochStore& epochs() override { return inner_.epochs(); }
  UserStore& users() override { return users_; }
  DenyStore& denials() override { return inner_.denials(); }
  CounterStore& counters() override { return inner_.counters(); }
  OneTimeStore& one_time() override { return inner_.one_time(); }
  EventStore& events() override { return inner_.events(); }
  KeyStore& keys() override { return inner_.keys(); }
  MetaStore& meta() override { return inner_.meta(); }
  NearCacheStats stats() const override { return table_.stats(); }
  void drop_all() override { table_.drop_all(); }

 private:
  Store& inner_;
  const CoarseClock coarse_clock_;
  Table table_;
  CachedSessions sessions_;
  CachedUsers users_;
};

}  // namespace

std::unique_ptr<NearCache> make_near_cache(Store& inner, const NearCacheOptions& options,
                                           const Clock* clock) {
  return std::make_unique<NearCacheStore>(inner, options, clock);
}

}  // namespace latchkey
