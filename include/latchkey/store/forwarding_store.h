#pragma once

#include <utility>

#include "latchkey/store.h"

// Bases for a store around another one. Each passes every call to the store it was given, which
// must outlive it; override what should be different. To count the sessions that are made:
//
//   class Counting final : public latchkey::ForwardingSessionStore {
//    public:
//     using ForwardingSessionStore::ForwardingSessionStore;
//     Result<InsertOutcome> insert(const SessionRecord& record,
//                                  const InsertOptions& options) override {
//       ++made;
//       return inner().insert(record, options);
//     }
//     std::atomic<int> made{0};
//   };
//
// They add no lock: they are as thread-safe as the inner store.
namespace latchkey {

class ForwardingSessionStore : public SessionStore {
 public:
  explicit ForwardingSessionStore(SessionStore& inner) : inner_(inner) {}

  Result<InsertOutcome> insert(const SessionRecord& record, const InsertOptions& options) override {
    return inner_.insert(record, options);
  }
  Result<std::vector<Found>> find(std::span<const SessionId> ids,
                                  const FindOptions& options) override {
    return inner_.find(ids, options);
  }
  // find_one is left to SessionStore: it asks find, so that overriding find is enough.
  void expect(const SessionId& id) const noexcept override { inner_.expect(id); }
  Result<std::size_t> touch(std::span<const Touch> touches) override {
    return inner_.touch(touches);
  }
  Result<ReplaceStatus> replace(const SessionRecord& record, std::int64_t expected_version,
                                UnixTime now) override {
    return inner_.replace(record, expected_version, now);
  }
  Result<std::size_t> remove(std::span<const SessionId> ids, EndReason reason,
                             UnixTime now) override {
    return inner_.remove(ids, reason, now);
  }
  Result<Removed> remove_user(const UserId& user, const RemoveUserOptions& options) override {
    return inner_.remove_user(user, options);
  }
  Result<SessionPage> list_user(const UserId& user, const PageRequest& page) override {
    return inner_.list_user(user, page);
  }
  Result<std::size_t> prune(UnixTime now, std::size_t limit) override {
    return inner_.prune(now, limit);
  }
  std::optional<Millis> watch(Sink sink) override { return inner_.watch(std::move(sink)); }
  std::optional<WatchStatus> watch_status() const override { return inner_.watch_status(); }

 protected:
  SessionStore& inner() const noexcept { return inner_; }

 private:
  SessionStore& inner_;
};

class ForwardingUserStore : public UserStore {
 public:
  explicit ForwardingUserStore(UserStore& inner) : inner_(inner) {}

  Result<bool> add_user(const StoredUser& user) override { return inner_.add_user(user); }
  Result<std::optional<StoredUser>> find_user(const UserId& id) override {
    return inner_.find_user(id);
  }
  Result<std::optional<StoredUser>> find_username(std::string_view username_key) override {
    return inner_.find_username(username_key);
  }
  Result<SetPasswordOutcome> set_password(const SetPassword& change) override {
    return inner_.set_password(change);
  }
  Result<bool> upgrade_hash(const UserId& id, const std::string& expected_hash,
                            const std::string& new_hash) override {
    return inner_.upgrade_hash(id, expected_hash, new_hash);
  }
  Result<bool> set_attributes(const UserId& id, const std::string& expected,
                              const std::string& attributes) override {
    return inner_.set_attributes(id, expected, attributes);
  }
  Result<bool> set_disabled(const UserId& id, bool disabled) override {
    return inner_.set_disabled(id, disabled);
  }
  Result<std::optional<Removed>> delete_user(const UserId& id, UnixTime now) override {
    return inner_.delete_user(id, now);
  }
  Result<UserPage> list_users(const std::string& after, std::size_t limit) override {
    return inner_.list_users(after, limit);
  }

 protected:
  UserStore& inner() const noexcept { return inner_; }

 private:
  UserStore& inner_;
};

// ForwardingStore returns the parts of `inner`: override those you want to change. Unchanged, it
// behaves like `inner`. It has no scan(), because a copy must not bypass it.
class ForwardingStore : public Store {
 public:
  explicit ForwardingStore(Store& inner) : inner_(inner) {}

  SessionStore& sessions() override { return inner_.sessions(); }
  EpochStore& epochs() override { return inner_.epochs(); }
  UserStore& users() override { return inner_.users(); }
  DenyStore& denials() override { return inner_.denials(); }
  CounterStore& counters() override { return inner_.counters(); }
  OneTimeStore& one_time() override { return inner_.one_time(); }
  EventStore& events() override { return inner_.events(); }
  KeyStore& keys() override { return inner_.keys(); }
  MetaStore& meta() override { return inner_.meta(); }

 protected:
  Store& inner() const noexcept { return inner_; }

 private:
  Store& inner_;
};

}  // namespace latchkey
