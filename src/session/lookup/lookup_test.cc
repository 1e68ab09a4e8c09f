#include "latchkey/lookup.h"

#include <gtest/gtest.h>

#include <atomic>
#include <barrier>
#include <thread>

#include "base/mutex.h"
#include "latchkey/faulty.h"
#include "latchkey/memory.h"
#include "latchkey/near_cache.h"
#include "latchkey/store/forwarding_store.h"

namespace latchkey {
namespace {

constexpr UnixTime kLookedUpAt = from_unix_millis(1'800'000'000'000);

SessionId id_number(int number) {
  const std::string digits = std::to_string(number);
  return SessionId::parse("06S" + std::string(20 - digits.size(), 'A') + digits).value();
}

// The store behind the look-ups; reads of sessions can be held back, and told to fail.
class LookupTest : public ::testing::Test {
 protected:
  void SetUp() override {
    for (int i = 0; i < 100; ++i) {
      SessionRecord record{.id = id_number(i), .user_id = UserId(1), .created_at = kLookedUpAt};
      record.idle_expires_at = record.absolute_expires_at = kNever;
      ASSERT_TRUE(memory_->sessions().insert(record, {.now = kLookedUpAt}));
    }
    ASSERT_TRUE(memory_->users().add_user({.user = {.id = UserId(1)}, .username_key = "ann"}));
  }
  ~LookupTest() override { release(); }

  Fault plan(StoreCall call) {
    if (call != StoreCall::find) return Fault::none;
    const MutexLock lock(mutex_);
    ++begun_;
    changed_.notify_all();
    while (held_) changed_.wait(mutex_);
    return failing_ ? Fault::fail_before : Fault::none;
  }
  void hold() {
    const MutexLock lock(mutex_);
    held_ = true;
  }
  void release() {
    const MutexLock lock(mutex_);
    held_ = false;
    changed_.notify_all();
  }
  void wait_until_begun(int reads) {
    const MutexLock lock(mutex_);
    while (begun_ < reads) changed_.wait(mutex_);
  }
  void wait_until_asked(std::uint64_t ids) const {
    while (lookup_->stats().asked < ids) std::this_thread::yield();
  }
  Result<std::vector<Found>> find(int number, const FindOptions& options = {}) {
    const SessionId id = id_number(number);
    return lookup_->sessions().find({&id, 1}, options);
  }

  std::unique_ptr<Store> memory_ = std::move(*make_memory_store());
  std::unique_ptr<Store> slow_ =
      make_faulty_store(*memory_, [this](StoreCall call, std::uint64_t) { return plan(call); });
  std::unique_ptr<Lookup> lookup_ = make_lookup(
      *slow_, {.max_batches = 1, .max_waiting = 200, .max_wait = std::chrono::minutes{1}});
  Mutex mutex_;
  Condition changed_;
  bool held_ LATCHKEY_GUARDED_BY(mutex_) = false;
  bool failing_ LATCHKEY_GUARDED_BY(mutex_) = false;
  int begun_ LATCHKEY_GUARDED_BY(mutex_) = 0;
};

TEST_F(LookupTest, WhoeverAsksMeanwhileSharesTheNextRead) {
  hold();
  std::vector<std::thread> callers;
  callers.emplace_back([&] { EXPECT_TRUE((*find(0))[0].record); });
  wait_until_begun(1);
  for (int i = 0; i < 40; ++i) {
    callers.emplace_back([&, i] {
      const auto found = find(i % 4, {.with_user = i % 8 == 0});
      EXPECT_EQ((*found)[0].record.value().id, id_number(i % 4));
      EXPECT_EQ((*found)[0].user.has_value(), i % 8 == 0) << "only for who asked";
    });
  }
  wait_until_asked(41);
  release();
  for (std::thread& caller : callers) caller.join();
  EXPECT_EQ(lookup_->stats().batches, 2U);
  EXPECT_EQ(lookup_->stats().read, 1U + 4U) << "each id once";
}

// An answer that was on its way before the question may be older than a revocation.
TEST_F(LookupTest, NobodyIsAnsweredByAReadThatBeganEarlier) {
  hold();
  std::thread first([&] { EXPECT_TRUE((*find(7))[0].record); });
  wait_until_begun(1);
  std::thread second([&] { EXPECT_TRUE((*find(7))[0].record); });
  wait_until_asked(2);
  release();
  first.join();
  second.join();
  EXPECT_EQ(lookup_->stats().batches, 2U);
}

TEST_F(LookupTest, ABatchHasAtMost64Ids) {
  hold();
  std::vector<std::thread> callers;
  callers.emplace_back([&] { EXPECT_TRUE(find(0)); });
  wait_until_begun(1);
  for (int caller = 0; caller < 3; ++caller) {
    callers.emplace_back([&, caller] {
      std::vector<SessionId> ids;
      for (int i = 0; i < 30; ++i) ids.push_back(id_number(caller * 30 + i));
      const auto found = lookup_->sessions().find(ids, {});
      ASSERT_TRUE(found);
      for (std::size_t i = 0; i < ids.size(); ++i) EXPECT_EQ((*found)[i].record->id, ids[i]);
    });
  }
  wait_until_asked(91);
  release();
  for (std::thread& caller : callers) caller.join();
  EXPECT_EQ(lookup_->stats().batches, 3U);
  std::vector<SessionId> many(65, id_number(0));
  EXPECT_EQ(lookup_->sessions().find(many, {}).error().code, Errc::invalid_argument);
}

TEST_F(LookupTest, AFullQueueIsOverloadedAndNotAbsent) {
  hold();
  std::vector<std::thread> callers;
  callers.emplace_back([&] { EXPECT_TRUE(find(0)); });
  wait_until_begun(1);
  for (int i = 0; i < 200; ++i) callers.emplace_back([&] { EXPECT_TRUE(find(1)); });
  wait_until_asked(201);
  const auto refused = find(2);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, Errc::overloaded);
  EXPECT_EQ(lookup_->stats().refused, 1U);
  release();
  for (std::thread& caller : callers) caller.join();
  EXPECT_TRUE(find(2)) << "there is room again";
}

TEST_F(LookupTest, WhoeverFindsNoPlaceInTimeIsOverloaded) {
  lookup_ = make_lookup(*slow_, {.max_batches = 1, .max_wait = Millis{0}});
  hold();
  std::thread first([&] { EXPECT_TRUE(find(0)); });
  wait_until_begun(1);
  const auto refused = find(1);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, Errc::overloaded);
  EXPECT_EQ(lookup_->stats().refused, 1U);
  release();
  first.join();
  EXPECT_TRUE(find(1)) << "nothing of it was left in the queue";
}

TEST_F(LookupTest, WhoeverGaveUpTakesNoPlaceInTheQueue) {
  lookup_ = make_lookup(*slow_, {.max_batches = 1, .max_waiting = 1, .max_wait = Millis{0}});
  hold();
  std::thread first([&] { EXPECT_TRUE(find(0)); });
  wait_until_begun(1);
  for (int i = 0; i < 3; ++i) EXPECT_EQ(find(1).error().code, Errc::overloaded);
  release();
  first.join();
  EXPECT_TRUE(find(1));
}

// Asked remembers how the last read was asked for.
class Asked final : public ForwardingStore, public ForwardingSessionStore {
 public:
  explicit Asked(Store& inner) : ForwardingStore(inner), ForwardingSessionStore(inner.sessions()) {}
  SessionStore& sessions() override { return *this; }
  Result<std::vector<Found>> find(std::span<const SessionId> ids,
                                  const FindOptions& options) override {
    last = options;
    return ForwardingSessionStore::find(ids, options);
  }
  FindOptions last;
};

TEST_F(LookupTest, OneWhoWantsAFreshAnswerGetsItForAllThatShareTheRead) {
  Asked asked(*slow_);
  lookup_ = make_lookup(asked, {.max_batches = 1, .max_wait = std::chrono::minutes{1}});
  hold();
  std::vector<std::thread> callers;
  callers.emplace_back([&] { EXPECT_TRUE(find(0)); });
  wait_until_begun(1);
  std::uint64_t waiting = 1;
  for (const FindOptions& options :
       {FindOptions{.with_user = true, .fresh = true}, FindOptions{}}) {
    callers.emplace_back([&, options] { EXPECT_TRUE(find(1, options)); });
    wait_until_asked(++waiting);
  }
  release();
  for (std::thread& caller : callers) caller.join();
  EXPECT_TRUE(asked.last.fresh);
  EXPECT_TRUE(asked.last.with_user);
  lookup_.reset();
}

TEST_F(LookupTest, AFailedReadIsAFailureForAllItWasFor) {
  hold();
  std::vector<std::thread> callers;
  for (int i = 0; i < 5; ++i) {
    callers.emplace_back([&] { EXPECT_EQ(find(1).error().code, Errc::store_unavailable); });
  }
  wait_until_asked(5);
  {
    const MutexLock lock(mutex_);
    failing_ = true;
  }
  release();
  for (std::thread& caller : callers) caller.join();
  {
    const MutexLock lock(mutex_);
    failing_ = false;
  }
  EXPECT_TRUE((*find(1))[0].record);
}

TEST_F(LookupTest, ManyThreadsAndPlacesAnswerEachQuestion) {
  lookup_ = make_lookup(*slow_, {.max_batches = 3, .max_wait = std::chrono::minutes{1}});
  std::vector<std::thread> callers;
  for (int caller = 0; caller < 16; ++caller) {
    callers.emplace_back([&, caller] {
      for (int i = 0; i < 500; ++i) {
        const int number = (caller * 7 + i) % 100;
        ASSERT_EQ((*find(number))[0].record.value().id, id_number(number));
      }
    });
  }
  for (std::thread& caller : callers) caller.join();
  EXPECT_EQ(lookup_->stats().asked, 8000U);
}

TEST_F(LookupTest, ACallThatMayNotWaitIsAnsweredFromTheCacheOrNotAtAll) {
  const auto cache = make_near_cache(*lookup_, {});
  const auto find_cached = [&](int number, Wait wait) {
    const SessionId id = id_number(number);
    return cache->sessions().find({&id, 1}, {.wait = wait});
  };
  ASSERT_TRUE(find_cached(1, Wait::allowed));
  EXPECT_TRUE((*find_cached(1, Wait::never))[0].record);
  EXPECT_EQ(find_cached(2, Wait::never).error().code, Errc::would_wait);
  EXPECT_EQ(lookup_->stats().asked, 1U);
  EXPECT_EQ(cache->stats().misses, 1U) << "what did not wait is not counted";
  ASSERT_TRUE(find_cached(2, Wait::allowed));
  EXPECT_EQ(cache->stats().misses, 2U);
}

}  // namespace
}  // namespace latchkey
