#include "latchkey/lookup.h"

#include "base/no_wait.h"
#include "session/lookup/queue.h"

namespace latchkey {
namespace session {
namespace {

// What an event loop hears that may not wait; a worker asks again.
Error would_wait() { return Error{Errc::overloaded, "the store is not asked on this thread"}; }

#define PASS(call) return NoWait::refuse() ? would_wait() : call

class QueuedSessions final : public SessionStore {
 public:
  QueuedSessions(SessionStore& inner, const LookupOptions& options)
      : inner_(inner), queue_(inner, options) {}

  Result<InsertOutcome> insert(const SessionRecord& record, const InsertOptions& options) override {
    PASS(inner_.insert(record, options));
  }
  Result<std::vector<Found>> find(std::span<const SessionId> ids,
                                  const FindOptions& options) override {
    PASS(queue_.find(ids, options));
  }
  Result<std::size_t> touch(std::span<const Touch> touches) override {
    PASS(inner_.touch(touches));
  }
  Result<ReplaceStatus> replace(const SessionRecord& record, std::int64_t expected_version,
                                UnixTime now) override {
    PASS(inner_.replace(record, expected_version, now));
  }
  Result<std::size_t> remove(std::span<const SessionId> ids, EndReason reason,
                             UnixTime now) override {
    PASS(inner_.remove(ids, reason, now));
  }
  Result<Removed> remove_user(const UserId& user, const RemoveUserOptions& options) override {
    PASS(inner_.remove_user(user, options));
  }
  Result<SessionPage> list_user(const UserId& user, const PageRequest& page) override {
    PASS(inner_.list_user(user, page));
  }
  Result<std::size_t> prune(UnixTime now, std::size_t limit) override {
    PASS(inner_.prune(now, limit));
  }
  std::optional<Millis> watch(Sink sink) override { return inner_.watch(std::move(sink)); }
  std::optional<WatchStatus> watch_status() const override { return inner_.watch_status(); }

  LookupStats stats() const { return queue_.stats(); }

 private:
  SessionStore& inner_;
  LookupQueue queue_;
};

class PassedUsers final : public UserStore, public EpochStore {
 public:
  explicit PassedUsers(Store& inner) : users_(inner.users()), epochs_(inner.epochs()) {}

  Result<bool> add_user(const StoredUser& user) override { PASS(users_.add_user(user)); }
  Result<std::optional<StoredUser>> find_user(const UserId& id) override {
    PASS(users_.find_user(id));
  }
  Result<std::optional<StoredUser>> find_username(std::string_view username_key) override {
    PASS(users_.find_username(username_key));
  }
  Result<SetPasswordOutcome> set_password(const SetPassword& change) override {
    PASS(users_.set_password(change));
  }
  Result<bool> upgrade_hash(const UserId& id, const std::string& expected_hash,
                            const std::string& new_hash) override {
    PASS(users_.upgrade_hash(id, expected_hash, new_hash));
  }
  Result<bool> set_disabled(const UserId& id, bool disabled) override {
    PASS(users_.set_disabled(id, disabled));
  }
  Result<std::int64_t> user_epoch(const UserId& user) override { PASS(epochs_.user_epoch(user)); }

 private:
  UserStore& users_;
  EpochStore& epochs_;
};

class PassedKeys final : public DenyStore, public KeyStore, public MetaStore {
 public:
  explicit PassedKeys(Store& inner)
      : denials_(inner.denials()), keys_(inner.keys()), meta_(inner.meta()) {}

  Result<std::size_t> deny(std::span<const Denial> denials) override {
    PASS(denials_.deny(denials));
  }
  Result<Standing> standing(std::string_view key, const UserId& user) override {
    PASS(denials_.standing(key, user));
  }
  Result<std::size_t> prune_denials(UnixTime now, std::size_t limit) override {
    PASS(denials_.prune_denials(now, limit));
  }
  Result<StoredKeys> keys() override { PASS(keys_.keys()); }
  Result<bool> put_keys(std::span<const Key> keys, std::int64_t expected_version) override {
    PASS(keys_.put_keys(keys, expected_version));
  }
  Result<StoreMeta> meta() override { PASS(meta_.meta()); }
  Result<void> check() override { PASS(meta_.check()); }

 private:
  DenyStore& denials_;
  KeyStore& keys_;
  MetaStore& meta_;
};

#undef PASS

class LookupStore final : public Lookup {
 public:
  LookupStore(Store& inner, const LookupOptions& options)
      : sessions_(inner.sessions(), options), users_(inner), keys_(inner) {}

  SessionStore& sessions() override { return sessions_; }
  EpochStore& epochs() override { return users_; }
  UserStore& users() override { return users_; }
  DenyStore& denials() override { return keys_; }
  KeyStore& keys() override { return keys_; }
  MetaStore& meta() override { return keys_; }
  LookupStats stats() const override { return sessions_.stats(); }

 private:
  QueuedSessions sessions_;
  PassedUsers users_;
  PassedKeys keys_;
};

}  // namespace
}  // namespace session

std::unique_ptr<Lookup> make_lookup(Store& inner, const LookupOptions& options) {
  return std::make_unique<session::LookupStore>(inner, options);
}

}  // namespace latchkey
