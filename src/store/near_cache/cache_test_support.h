#pragma once

#include <atomic>
#include <functional>
#include <memory>
#include <utility>
#include <vector>

#include "latchkey/memory.h"
#include "latchkey/near_cache.h"
#include "latchkey/store.h"

namespace latchkey::testing {

// HookedStore is a memory store that counts its reads, runs `after_read` when a read is done but
// not yet answered, and hands out the sink it was given.
class HookedStore final : public Store, private SessionStore {
 public:
  std::function<void()> after_read;
  std::atomic<int> reads{0};
  Sink sink;

  Store& inner() { return *inner_; }
  SessionStore& sessions() override { return *this; }
  EpochStore& epochs() override { return inner_->epochs(); }
  UserStore& users() override { return inner_->users(); }
  DenyStore& denials() override { return inner_->denials(); }
  KeyStore& keys() override { return inner_->keys(); }
  MetaStore& meta() override { return inner_->meta(); }

 private:
  Result<InsertOutcome> insert(const SessionRecord& record, const InsertOptions& options) override {
    return inner_->sessions().insert(record, options);
  }
  Result<std::vector<Found>> find(std::span<const SessionId> ids,
                                  const FindOptions& options) override {
    ++reads;
    auto found = inner_->sessions().find(ids, options);
    if (after_read) std::exchange(after_read, nullptr)();
    return found;
  }
  Result<std::size_t> touch(std::span<const Touch> touches) override {
    return inner_->sessions().touch(touches);
  }
  Result<ReplaceStatus> replace(const SessionRecord& record, std::int64_t expected_version,
                                UnixTime now) override {
    return inner_->sessions().replace(record, expected_version, now);
  }
  Result<std::size_t> remove(std::span<const SessionId> ids, EndReason reason,
                             UnixTime now) override {
    return inner_->sessions().remove(ids, reason, now);
  }
  Result<Removed> remove_user(const UserId& user, const RemoveUserOptions& options) override {
    return inner_->sessions().remove_user(user, options);
  }
  Result<SessionPage> list_user(const UserId& user, const PageRequest& page) override {
    return inner_->sessions().list_user(user, page);
  }
  Result<std::size_t> prune(UnixTime now, std::size_t limit) override {
    return inner_->sessions().prune(now, limit);
  }
  std::optional<Millis> watch(Sink given) override {
    sink = std::move(given);
    return Millis{50};
  }

  std::unique_ptr<Store> inner_ = std::move(*make_memory_store());
};

}  // namespace latchkey::testing
