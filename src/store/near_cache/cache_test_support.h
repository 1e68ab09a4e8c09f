#pragma once

#include <gtest/gtest.h>

#include <atomic>
#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "latchkey/memory.h"
#include "latchkey/near_cache.h"
#include "latchkey/store/forwarding_store.h"
#include "latchkey/testing/store_fixture.h"
#include "tests/support/manual_clock.h"

namespace latchkey::testing {

// HookedStore is a memory store that counts its reads, runs `after_read` when a read is done but
// not yet answered, and hands out the sink it was given.
class HookedStore final : public ForwardingStore, private ForwardingSessionStore {
 public:
  explicit HookedStore(std::unique_ptr<Store> memory = std::move(*make_memory_store()))
      : ForwardingStore(*memory),
        ForwardingSessionStore(memory->sessions()),
        memory_(std::move(memory)) {}
  std::function<void()> after_read;
  std::atomic<int> reads{0};
  Sink sink;

  Store& memory() { return *memory_; }
  SessionStore& sessions() override { return *this; }

 private:
  Result<std::vector<Found>> find(std::span<const SessionId> ids,
                                  const FindOptions& options) override {
    ++reads;
    auto found = ForwardingSessionStore::find(ids, options);
    if (after_read) std::exchange(after_read, nullptr)();
    return found;
  }
  std::optional<Millis> watch(Sink given) override {
    sink = std::move(given);
    return Millis{50};
  }

  const std::unique_ptr<Store> memory_;
};

inline constexpr Millis kAge = std::chrono::seconds{5};
inline const UserId kUser = UserId::parse("0123456789abcdef").value();

inline SessionRecord make_record(int number) {
  std::string text = "06S00000000000000000000";
  const std::string digits = std::to_string(1000 + number);
  text.replace(4, digits.size(), digits);
  text.replace(13, digits.size(), digits);
  SessionRecord record;
  record.id = SessionId::parse(text).value();
  record.secret_hash.bytes.fill(static_cast<std::uint8_t>(number));
  record.user_id = kUser;
  record.created_at = record.authenticated_at = record.last_seen_at = kStart;
  record.idle_expires_at = kStart + kIdle;
  record.absolute_expires_at = kStart + kAbsolute;
  record.idle = kIdle;
  return record;
}

class NearCacheTest : public ::testing::Test {
 protected:
  explicit NearCacheTest(NearCacheOptions options = {.max_age = kAge})
      : cache_(make_near_cache(store_, options, &clock_)) {}

  void SetUp() override {
    StoredUser user;
    user.user = {.id = kUser, .username = "Ada", .attributes = "{}"};
    user.username_key = "ada";
    user.password_hash = "old";
    ASSERT_TRUE(must(store_.users().add_user(user)));
    ASSERT_TRUE(sessions().insert(record_, {.now = kStart}));
  }

  SessionStore& sessions() { return cache_->sessions(); }
  Found look_up(const SessionId& id, const FindOptions& options = {}) {
    return std::move(must(sessions().find({&id, 1}, options)).at(0));
  }
  Found look_up(const FindOptions& options = {}) { return look_up(record_.id, options); }
  // reads_of tells how many reads of the store `body` caused.
  template <class Body>
  int reads_of(Body body) {
    const int before = store_.reads;
    body();
    return store_.reads - before;
  }
  std::size_t remove() {
    return must(sessions().remove({&record_.id, 1}, EndReason::logout, kStart));
  }

  ManualClock clock_;
  HookedStore store_;
  std::unique_ptr<NearCache> cache_;
  const SessionRecord record_ = make_record(1);
};

}  // namespace latchkey::testing
