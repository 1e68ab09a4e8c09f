#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <map>
#include <set>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include "base/fork.h"
#include "base/mutex.h"
#include "latchkey/store/scan_store.h"
#include "store/counter_rules.h"
#include "store/event_rules.h"
#include "store/one_time_rules.h"

namespace latchkey::memory {

// SessionTable holds records, tombstones and their indexes. Invariants: every record is in
// `by_deadline_` under deadline_of(record) and, unless it is a guest's, in `by_user_`; an id is a
// record's or a tombstone's, never both. Not thread-safe.
class SessionTable {
 public:
  using Newest = std::pair<UnixTime, SessionId>;  // created_at, id
  using UserIndex = std::set<Newest, std::greater<>>;

  const SessionRecord* find(const SessionId& id) const noexcept;
  const Tombstone* find_tombstone(const SessionId& id) const noexcept;
  // of_user returns the sessions of `user`, newest first; nullptr when there is none.
  const UserIndex* of_user(const UserId& user) const noexcept;

  void add(const SessionRecord& record);
  // put replaces the record of the same id, user and created_at.
  void put(const SessionRecord& record);
  // end removes the record and leaves a tombstone. False: there is no such record.
  bool end(const SessionId& id, EndReason reason, UnixTime now);
  // end_user ends every session of `user` but `except` and returns them.
  std::vector<SessionId> end_user(const UserId& user, const std::optional<SessionId>& except,
                                  EndReason reason, UnixTime now);
  // evict ends the longest idle live sessions of `user` until at most `keep` are left.
  std::vector<SessionId> evict(const UserId& user, std::size_t keep, UnixTime now);
  std::size_t prune(UnixTime now, std::size_t limit);
  const std::unordered_map<SessionId, SessionRecord>& all() const noexcept { return records_; }

 private:
  using Deadline = std::pair<UnixTime, SessionId>;

  void erase(const SessionRecord& record);

  std::unordered_map<SessionId, SessionRecord> records_;
  std::unordered_map<SessionId, Tombstone> tombstones_;
  std::unordered_map<UserId, UserIndex> by_user_;
  std::set<Deadline> by_deadline_;
  std::set<Deadline> by_end_;  // tombstones, by ended_at
};

// UserTable holds users by id and by name, and epochs, which outlive them. Not thread-safe.
class UserTable {
 public:
  // add needs a free id and a free name.
  void add(const StoredUser& user);
  // remove frees the name. False: there is no such user.
  bool remove(const UserId& id);
  StoredUser* find(const UserId& id) noexcept;
  const StoredUser* find_name(std::string_view username_key) const noexcept;
  std::int64_t epoch(const UserId& id) const noexcept;
  std::int64_t bump_epoch(const UserId& id) { return ++epochs_[id]; }
  const std::unordered_map<UserId, StoredUser>& all() const noexcept { return users_; }
  const std::unordered_map<std::string, UserId>& names() const noexcept { return by_name_; }
  const std::unordered_map<UserId, std::int64_t>& epochs() const noexcept { return epochs_; }

 private:
  std::unordered_map<UserId, StoredUser> users_;
  std::unordered_map<std::string, UserId> by_name_;
  std::unordered_map<UserId, std::int64_t> epochs_;
};

// DenialTable holds denials and the order they end in. Not thread-safe.
class DenialTable {
 public:
  // deny returns true when `denial.key` was not denied before.
  bool deny(const Denial& denial);
  bool denied(std::string_view key) const { return until_.contains(std::string{key}); }
  std::size_t prune(UnixTime now, std::size_t limit);
  const std::unordered_map<std::string, UnixTime>& all() const noexcept { return until_; }

 private:
  std::unordered_map<std::string, UnixTime> until_;
  std::set<std::pair<UnixTime, std::string>> by_until_;
};

// CounterTable holds counters and the order they expire in. Not thread-safe.
class CounterTable {
 public:
  // find returns a counter that never counted when there is none.
  Counter find(const std::string& key) const;
  void put(const std::string& key, const Counter& counter);
  void erase(const std::string& key);
  std::size_t prune(UnixTime now, std::size_t limit);

 private:
  std::unordered_map<std::string, Counter> counters_;
  std::set<std::pair<UnixTime, std::string>> by_expiry_;
};

// SecretTable holds one-time secrets. Not thread-safe.
class SecretTable {
 public:
  // find returns the secret that `hash` opens for `purpose` at `now`, or nullptr.
  const OneTimeSecret* find(const SecretHash& hash, std::string_view purpose, UnixTime now) const;
  // put returns false when another user or purpose has the hash.
  bool put(const OneTimeSecret& secret, std::size_t most);
  void erase(const SecretHash& hash) { secrets_.erase(hash.bytes); }
  std::size_t remove(const UserId& user, std::string_view purpose);
  std::size_t prune(UnixTime now, std::size_t limit);

 private:
  std::map<std::array<std::uint8_t, SecretHash::kBytes>, OneTimeSecret> secrets_;
};

// EventTable holds events in the order of their time. Not thread-safe.
class EventTable {
 public:
  void add(const Event& event);
  EventPage list(const EventQuery& query, const EventRange& range) const;
  std::size_t blank(UnixTime before, std::size_t limit);
  std::size_t prune(UnixTime before, std::size_t limit);

 private:
  std::map<EventCursor, Event> events_;
  std::unordered_map<UserId, std::set<EventCursor>> by_user_;
  std::set<EventCursor> addressed_;  // those with an address
};

// Data is everything of one store; each call of the contract is one critical section.
struct Data {
  const ForkGuard forked{};  // a child has a copy, which nobody would hear of changes to
  Mutex mutex;
  SessionTable sessions LATCHKEY_GUARDED_BY(mutex);
  UserTable users LATCHKEY_GUARDED_BY(mutex);
  DenialTable denials LATCHKEY_GUARDED_BY(mutex);
  CounterTable counters LATCHKEY_GUARDED_BY(mutex);
  StoredKeys keys LATCHKEY_GUARDED_BY(mutex);
  SecretTable secrets LATCHKEY_GUARDED_BY(mutex);
  EventTable events LATCHKEY_GUARDED_BY(mutex);
};

class Sessions final : public SessionStore {
 public:
  explicit Sessions(Data& data) : data_(data) {}

  Result<InsertOutcome> insert(const SessionRecord& record, const InsertOptions& options) override;
  Result<std::vector<Found>> find(std::span<const SessionId> ids,
                                  const FindOptions& options) override;
  Result<void> find_one(const SessionId& id, const FindOptions& options,
                        const FoundPlaces& out) override;
  Result<std::size_t> touch(std::span<const Touch> touches) override;
  Result<ReplaceStatus> replace(const SessionRecord& record, std::int64_t expected_version,
                                UnixTime now) override;
  Result<std::size_t> remove(std::span<const SessionId> ids, EndReason reason,
                             UnixTime now) override;
  Result<Removed> remove_user(const UserId& user, const RemoveUserOptions& options) override;
  Result<SessionPage> list_user(const UserId& user, const PageRequest& page) override;
  Result<std::size_t> prune(UnixTime now, std::size_t limit) override;
  // Nobody else can change this store, and nothing is ever told.
  std::optional<Millis> watch(Sink sink) override;

 private:
  void read(const SessionId& id, bool with_user, const FoundPlaces& out)
      LATCHKEY_REQUIRES(data_.mutex);

  Data& data_;
};

class Scan final : public ScanStore {
 public:
  explicit Scan(Data& data) : data_(data) {}
  Result<ScanPage> scan(ScanKind kind, const std::string& after, std::size_t limit) override;

 private:
  Data& data_;
};

class Counters final : public CounterStore {
 public:
  explicit Counters(Data& data) : data_(data) {}

  Result<CounterOutcome> take(std::span<const CounterTry> tries, UnixTime now) override;
  Result<void> settle(std::span<const std::string> cleared,
                      std::span<const std::string> returned) override;
  Result<std::size_t> prune_counters(UnixTime now, std::size_t limit) override;

 private:
  Data& data_;
};

class OneTime final : public OneTimeStore {
 public:
  explicit OneTime(Data& data) : data_(data) {}

  Result<void> put_secret(const OneTimeSecret& secret, std::size_t most) override;
  Result<std::optional<OneTimeSecret>> find_secret(const SecretHash& hash, std::string_view purpose,
                                                   UnixTime now) override;
  Result<std::optional<OneTimeSecret>> take_secret(const SecretHash& hash, std::string_view purpose,
                                                   UnixTime now) override;
  Result<std::size_t> remove_secrets(const UserId& user_id, std::string_view purpose) override;
  Result<std::size_t> prune_secrets(UnixTime now, std::size_t limit) override;

 private:
  Data& data_;
};

class Events final : public EventStore {
 public:
  explicit Events(Data& data) : data_(data) {}

  Result<void> append_events(std::span<const Event> events) override;
  Result<EventPage> list_events(const EventQuery& query) override;
  Result<std::size_t> blank_addresses(UnixTime before, std::size_t limit) override;
  Result<std::size_t> prune_events(UnixTime before, std::size_t limit) override;

 private:
  Data& data_;
};

class Keys final : public DenyStore, public KeyStore {
 public:
  explicit Keys(Data& data) : data_(data) {}

  Result<std::size_t> deny(std::span<const Denial> denials) override;
  Result<Standing> standing(std::string_view key, const UserId& user, Wait wait) override;
  Result<std::size_t> prune_denials(UnixTime now, std::size_t limit) override;
  Result<StoredKeys> keys() override;
  Result<bool> put_keys(std::span<const Key> keys, std::int64_t expected_version) override;

 private:
  Data& data_;
};

}  // namespace latchkey::memory
