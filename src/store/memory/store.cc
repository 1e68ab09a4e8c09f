#include "base/base64url.h"
#include "latchkey/memory.h"
#include "store/memory/page.h"
#include "store/memory/table.h"
#include "store/rules.h"

namespace latchkey {
namespace {

constexpr std::size_t kInstanceBytes = 18;
constexpr std::int64_t kSchemaVersion = 1;

using memory::Data;

class MemoryUsers final : public UserStore, public EpochStore {
 public:
  explicit MemoryUsers(Data& data) : data_(data) {}

  Result<std::int64_t> user_epoch(const UserId& user) override {
    if (data_.forked.crossed()) return forked_error();
    const MutexLock lock(data_.mutex);
    return data_.users.epoch(user);
  }

  Result<bool> add_user(const StoredUser& user) override {
    if (user.user.id.empty()) return Error{Errc::invalid_argument, "add_user: no id"};
    if (data_.forked.crossed()) return forked_error();
    const MutexLock lock(data_.mutex);
    if (data_.users.find_name(user.username_key) != nullptr) return false;
    if (data_.users.find(user.user.id) != nullptr) {
      return Error{Errc::conflict, "add_user: the id is taken"};
    }
    data_.users.add(user);
    return true;
  }

  Result<std::optional<StoredUser>> find_user(const UserId& id) override {
    if (data_.forked.crossed()) return forked_error();
    const MutexLock lock(data_.mutex);
    return copy(data_.users.find(id));
  }

  Result<std::optional<StoredUser>> find_username(std::string_view username_key) override {
    if (data_.forked.crossed()) return forked_error();
    const MutexLock lock(data_.mutex);
    return copy(data_.users.find_name(username_key));
  }

  Result<SetPasswordOutcome> set_password(const SetPassword& change) override {
    if (data_.forked.crossed()) return forked_error();
    const MutexLock lock(data_.mutex);
    StoredUser* user = data_.users.find(change.user);
    if (user == nullptr) return SetPasswordOutcome{SetPasswordStatus::gone, {}};
    if (user->password_hash != change.expected_hash) {
      return SetPasswordOutcome{SetPasswordStatus::conflict, {}};
    }
    user->password_hash = change.new_hash;
    SetPasswordOutcome outcome;
    outcome.removed.ids = data_.sessions.end_user(change.user, change.except,
                                                  EndReason::password_changed, change.now);
    outcome.removed.user_epoch = data_.users.bump_epoch(change.user);
    return outcome;
  }

  Result<bool> upgrade_hash(const UserId& id, const std::string& expected_hash,
                            const std::string& new_hash) override {
    if (data_.forked.crossed()) return forked_error();
    const MutexLock lock(data_.mutex);
    StoredUser* user = data_.users.find(id);
    if (user == nullptr || user->password_hash != expected_hash) return false;
    user->password_hash = new_hash;
    return true;
  }

  Result<bool> set_attributes(const UserId& id, const std::string& expected,
                              const std::string& attributes) override {
    if (data_.forked.crossed()) return forked_error();
    const MutexLock lock(data_.mutex);
    StoredUser* user = data_.users.find(id);
    if (user == nullptr || user->user.attributes != expected) return false;
    user->user.attributes = attributes;
    return true;
  }

  Result<bool> set_disabled(const UserId& id, bool disabled) override {
    if (data_.forked.crossed()) return forked_error();
    const MutexLock lock(data_.mutex);
    StoredUser* user = data_.users.find(id);
    if (user == nullptr) return false;
    user->user.disabled = disabled;
    return true;
  }

  Result<std::optional<Removed>> delete_user(const UserId& id, UnixTime now) override {
    if (data_.forked.crossed()) return forked_error();
    const MutexLock lock(data_.mutex);
    if (!data_.users.remove(id)) return std::optional<Removed>{};
    Removed removed;
    removed.ids = data_.sessions.end_user(id, std::nullopt, EndReason::revoked, now);
    removed.user_epoch = data_.users.bump_epoch(id);
    return std::optional{std::move(removed)};
  }

  Result<UserPage> list_users(const std::string& after, std::size_t limit) override {
    if (Result<void> fine = check_scan_limit(limit); !fine) return fine.error();
    if (data_.forked.crossed()) return forked_error();
    const MutexLock lock(data_.mutex);
    UserPage page;
    std::vector<UserId> ids;
    page.next = memory::read_page(data_.users.names(), after, limit,
                                  [&](auto&, const UserId& id) { ids.push_back(id); });
    for (const UserId& id : ids) page.users.push_back(*data_.users.find(id));
    return page;
  }

 private:
  static std::optional<StoredUser> copy(const StoredUser* user) {
    return user == nullptr ? std::nullopt : std::optional<StoredUser>{*user};
  }

  Data& data_;
};

class MemoryMeta final : public MetaStore {
 public:
  explicit MemoryMeta(StoreMeta meta) : meta_(std::move(meta)) {}
  Result<StoreMeta> meta() override { return meta_; }
  Result<void> check() override { return {}; }

 private:
  const StoreMeta meta_;
};

class MemoryStore final : public Store {
 public:
  explicit MemoryStore(StoreMeta meta) : meta_(std::move(meta)) {}
  SessionStore& sessions() override { return sessions_; }
  EpochStore& epochs() override { return users_; }
  UserStore& users() override { return users_; }
  DenyStore& denials() override { return keys_; }
  CounterStore& counters() override { return counters_; }
  OneTimeStore& one_time() override { return one_time_; }
  EventStore& events() override { return events_; }
  KeyStore& keys() override { return keys_; }
  MetaStore& meta() override { return meta_; }
  ScanStore* scan() override { return &scan_; }

 private:
  Data data_;
  memory::Sessions sessions_{data_};
  MemoryUsers users_{data_};
  memory::Counters counters_{data_};
  memory::OneTime one_time_{data_};
  memory::Events events_{data_};
  memory::Keys keys_{data_};
  MemoryMeta meta_;
  memory::Scan scan_{data_};
};

}  // namespace

std::unique_ptr<Store> make_memory_store(const StoreMeta& adopted) {
  return std::make_unique<MemoryStore>(adopted);
}

Result<std::unique_ptr<Store>> make_memory_store(Entropy& entropy) {
  std::array<std::uint8_t, kInstanceBytes> instance{};
  StoreMeta meta;
  if (auto drawn = entropy.fill(instance); !drawn) return drawn.error();
  if (auto drawn = entropy.fill(meta.slot_key); !drawn) return drawn.error();
  meta.instance = base64url_encode(instance);
  meta.schema_version = kSchemaVersion;
  return std::unique_ptr<Store>{std::make_unique<MemoryStore>(std::move(meta))};
}

}  // namespace latchkey
