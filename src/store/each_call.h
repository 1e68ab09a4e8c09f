#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "latchkey/faulty.h"

// A store around another one, each call of which goes through a Runner:
//
//   struct Counting {
//     auto run(StoreCall call, auto inner) { ++calls[call]; return inner(); }
//   };
namespace latchkey::store {

inline constexpr std::size_t kStoreCalls = static_cast<std::size_t>(StoreCall::check) + 1;

template <class Runner>
class EachCallSessions : public SessionStore {
 public:
  EachCallSessions(SessionStore& inner, Runner& runner) : inner_(inner), runner_(runner) {}

  Result<InsertOutcome> insert(const SessionRecord& record, const InsertOptions& options) override {
    return runner_.run(StoreCall::insert, [&] { return inner_.insert(record, options); });
  }
  Result<std::vector<Found>> find(std::span<const SessionId> ids,
                                  const FindOptions& options) override {
    return runner_.run(StoreCall::find, [&] { return inner_.find(ids, options); });
  }
  Result<std::size_t> touch(std::span<const Touch> touches) override {
    return runner_.run(StoreCall::touch, [&] { return inner_.touch(touches); });
  }
  Result<ReplaceStatus> replace(const SessionRecord& record, std::int64_t expected_version,
                                UnixTime now) override {
    return runner_.run(StoreCall::replace,
                       [&] { return inner_.replace(record, expected_version, now); });
  }
  Result<std::size_t> remove(std::span<const SessionId> ids, EndReason reason,
                             UnixTime now) override {
    return runner_.run(StoreCall::remove, [&] { return inner_.remove(ids, reason, now); });
  }
  Result<Removed> remove_user(const UserId& user, const RemoveUserOptions& options) override {
    return runner_.run(StoreCall::remove_user, [&] { return inner_.remove_user(user, options); });
  }
  Result<SessionPage> list_user(const UserId& user, const PageRequest& page) override {
    return runner_.run(StoreCall::list_user, [&] { return inner_.list_user(user, page); });
  }
  Result<std::size_t> prune(UnixTime now, std::size_t limit) override {
    return runner_.run(StoreCall::prune, [&] { return inner_.prune(now, limit); });
  }
  Result<void> find_one(const SessionId& id, const FindOptions& options,
                        const FoundPlaces& out) override {
    return runner_.run(StoreCall::find, [&] { return inner_.find_one(id, options, out); });
  }
  void expect(const SessionId& id) const noexcept override { inner_.expect(id); }
  std::optional<Millis> watch(Sink sink) override { return inner_.watch(std::move(sink)); }
  std::optional<WatchStatus> watch_status() const override { return inner_.watch_status(); }

 protected:
  SessionStore& inner_;
  Runner& runner_;
};

template <class Runner>
class EachCallUsers : public UserStore, public EpochStore, public MetaStore {
 public:
  EachCallUsers(Store& inner, Runner& runner) : inner_(inner), runner_(runner) {}

  Result<std::int64_t> user_epoch(const UserId& user) override {
    return runner_.run(StoreCall::user_epoch, [&] { return inner_.epochs().user_epoch(user); });
  }
  Result<bool> add_user(const StoredUser& user) override {
    return runner_.run(StoreCall::add_user, [&] { return inner_.users().add_user(user); });
  }
  Result<std::optional<StoredUser>> find_user(const UserId& id) override {
    return runner_.run(StoreCall::find_user, [&] { return inner_.users().find_user(id); });
  }
  Result<std::optional<StoredUser>> find_username(std::string_view username_key) override {
    return runner_.run(StoreCall::find_username,
                       [&] { return inner_.users().find_username(username_key); });
  }
  Result<SetPasswordOutcome> set_password(const SetPassword& change) override {
    return runner_.run(StoreCall::set_password,
                       [&] { return inner_.users().set_password(change); });
  }
  Result<bool> upgrade_hash(const UserId& id, const std::string& expected_hash,
                            const std::string& new_hash) override {
    return runner_.run(StoreCall::upgrade_hash,
                       [&] { return inner_.users().upgrade_hash(id, expected_hash, new_hash); });
  }
  Result<bool> set_attributes(const UserId& id, const std::string& expected,
                              const std::string& attributes) override {
    return runner_.run(StoreCall::set_attributes,
                       [&] { return inner_.users().set_attributes(id, expected, attributes); });
  }
  Result<bool> set_disabled(const UserId& id, bool disabled) override {
    return runner_.run(StoreCall::set_disabled,
                       [&] { return inner_.users().set_disabled(id, disabled); });
  }
  Result<std::optional<Removed>> delete_user(const UserId& id, UnixTime now) override {
    return runner_.run(StoreCall::delete_user, [&] { return inner_.users().delete_user(id, now); });
  }
  Result<UserPage> list_users(const std::string& after, std::size_t limit) override {
    return runner_.run(StoreCall::list_users,
                       [&] { return inner_.users().list_users(after, limit); });
  }
  Result<StoreMeta> meta() override {
    return runner_.run(StoreCall::meta, [&] { return inner_.meta().meta(); });
  }
  Result<void> check() override {
    return runner_.run(StoreCall::check, [&] { return inner_.meta().check(); });
  }

 protected:
  Store& inner_;
  Runner& runner_;
};

template <class Runner>
class EachCallKeys : public DenyStore, public KeyStore {
 public:
  EachCallKeys(Store& inner, Runner& runner) : inner_(inner), runner_(runner) {}

  Result<std::size_t> deny(std::span<const Denial> denials) override {
    return runner_.run(StoreCall::deny, [&] { return inner_.denials().deny(denials); });
  }
  Result<Standing> standing(std::string_view key, const UserId& user, Wait wait) override {
    return runner_.run(StoreCall::standing,
                       [&] { return inner_.denials().standing(key, user, wait); });
  }
  Result<std::size_t> prune_denials(UnixTime now, std::size_t limit) override {
    return runner_.run(StoreCall::prune_denials,
                       [&] { return inner_.denials().prune_denials(now, limit); });
  }
  Result<StoredKeys> keys() override {
    return runner_.run(StoreCall::keys, [&] { return inner_.keys().keys(); });
  }
  Result<bool> put_keys(std::span<const Key> keys, std::int64_t expected_version) override {
    return runner_.run(StoreCall::put_keys,
                       [&] { return inner_.keys().put_keys(keys, expected_version); });
  }

 private:
  Store& inner_;
  Runner& runner_;
};

template <class Runner>
class EachCallCounters : public CounterStore {
 public:
  EachCallCounters(CounterStore& inner, Runner& runner) : inner_(inner), runner_(runner) {}

  Result<CounterOutcome> take(std::span<const CounterTry> tries, UnixTime now) override {
    return runner_.run(StoreCall::take, [&] { return inner_.take(tries, now); });
  }
  Result<void> settle(std::span<const std::string> cleared,
                      std::span<const std::string> returned) override {
    return runner_.run(StoreCall::settle, [&] { return inner_.settle(cleared, returned); });
  }
  Result<std::size_t> prune_counters(UnixTime now, std::size_t limit) override {
    return runner_.run(StoreCall::prune_counters,
                       [&] { return inner_.prune_counters(now, limit); });
  }

 private:
  CounterStore& inner_;
  Runner& runner_;
};

template <class Runner>
class EachCallOneTime : public OneTimeStore {
 public:
  EachCallOneTime(OneTimeStore& inner, Runner& runner) : inner_(inner), runner_(runner) {}

  Result<void> put_secret(const OneTimeSecret& secret, std::size_t most) override {
    return runner_.run(StoreCall::put_secret, [&] { return inner_.put_secret(secret, most); });
  }
  Result<std::optional<OneTimeSecret>> find_secret(const SecretHash& hash, std::string_view purpose,
                                                   UnixTime now) override {
    return runner_.run(StoreCall::find_secret,
                       [&] { return inner_.find_secret(hash, purpose, now); });
  }
  Result<std::optional<OneTimeSecret>> take_secret(const SecretHash& hash, std::string_view purpose,
                                                   UnixTime now) override {
    return runner_.run(StoreCall::take_secret,
                       [&] { return inner_.take_secret(hash, purpose, now); });
  }
  Result<std::size_t> remove_secrets(const UserId& user_id, std::string_view purpose) override {
    return runner_.run(StoreCall::remove_secrets,
                       [&] { return inner_.remove_secrets(user_id, purpose); });
  }
  Result<std::size_t> prune_secrets(UnixTime now, std::size_t limit) override {
    return runner_.run(StoreCall::prune_secrets, [&] { return inner_.prune_secrets(now, limit); });
  }

 private:
  OneTimeStore& inner_;
  Runner& runner_;
};

template <class Runner>
class EachCallEvents : public EventStore {
 public:
  EachCallEvents(EventStore& inner, Runner& runner) : inner_(inner), runner_(runner) {}

  Result<void> append_events(std::span<const Event> events) override {
    return runner_.run(StoreCall::append_events, [&] { return inner_.append_events(events); });
  }
  Result<EventPage> list_events(const EventQuery& query) override {
    return runner_.run(StoreCall::list_events, [&] { return inner_.list_events(query); });
  }
  Result<std::size_t> blank_addresses(UnixTime before, std::size_t limit) override {
    return runner_.run(StoreCall::blank_addresses,
                       [&] { return inner_.blank_addresses(before, limit); });
  }
  Result<std::size_t> prune_events(UnixTime before, std::size_t limit) override {
    return runner_.run(StoreCall::prune_events, [&] { return inner_.prune_events(before, limit); });
  }

 private:
  EventStore& inner_;
  Runner& runner_;
};

// EachCallStore is a store each call of whose parts goes through `runner`, which outlives it. A
// subclass may put a part of its own in place of one.
template <class Runner>
class EachCallStore : public Store {
 public:
  EachCallStore(Store& inner, Runner& runner)
      : sessions_(inner.sessions(), runner),
        users_(inner, runner),
        keys_(inner, runner),
        counters_(inner.counters(), runner),
        one_time_(inner.one_time(), runner),
        events_(inner.events(), runner) {}

  SessionStore& sessions() override { return sessions_; }
  EpochStore& epochs() override { return users_; }
  UserStore& users() override { return users_; }
  DenyStore& denials() override { return keys_; }
  CounterStore& counters() override { return counters_; }
  OneTimeStore& one_time() override { return one_time_; }
  EventStore& events() override { return events_; }
  KeyStore& keys() override { return keys_; }
  MetaStore& meta() override { return users_; }

 private:
  EachCallSessions<Runner> sessions_;
  EachCallUsers<Runner> users_;
  EachCallKeys<Runner> keys_;
  EachCallCounters<Runner> counters_;
  EachCallOneTime<Runner> one_time_;
  EachCallEvents<Runner> events_;
};

}  // namespace latchkey::store
