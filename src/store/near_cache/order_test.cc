// A copy is dropped after the inner store has changed, never before: a reader in between would put
// the old state back.
#include <gtest/gtest.h>

#include <functional>
#include <utility>

#include "latchkey/faulty.h"
#include "latchkey/memory.h"
#include "latchkey/near_cache.h"
#include "latchkey/testing/store_fixture.h"
#include "tests/support/manual_clock.h"

namespace latchkey::testing {
namespace {

// The faulty store below the cache runs a hook just before a call; the hook reads through the
// cache, which keeps what it reads.
class NearCacheOrder : public ::testing::Test {
 protected:
  NearCacheOrder()
      : memory_(std::move(*make_memory_store())),
        hooked_(make_faulty_store(*memory_,
                                  [this](StoreCall call, std::uint64_t) {
                                    if (call == call_) {
                                      if (auto hook = std::exchange(hook_, nullptr)) hook();
                                    }
                                    return Fault::none;
                                  })),
        cache_(make_near_cache(*hooked_, {.max_age = std::chrono::hours{24}}, &clock_)) {
    user_.user.id = *UserId::parse("alice");
    user_.user.username = "alice";
    user_.username_key = "alice";
    user_.password_hash = "old";
    EXPECT_TRUE(*cache_->users().add_user(user_));
    record_.id = *SessionId::parse("AAAAAAAAAAAAAAAAAAAAAAA");
    record_.user_id = user_.user.id;
    record_.created_at = clock_.now();
    record_.last_seen_at = clock_.now();
    record_.idle = std::chrono::days{1};
    record_.idle_expires_at = clock_.now() + std::chrono::days{1};
    record_.absolute_expires_at = clock_.now() + std::chrono::days{9};
    EXPECT_TRUE(cache_->sessions().insert(record_, {}));
  }

  static Found find(Store& store, const SessionId& id) {
    auto found = store.sessions().find(std::span(&id, 1), {.with_user = true});
    EXPECT_TRUE(found);
    return found ? found->front() : Found{};
  }
  // read_between lets a reader come just before the inner store does `call`.
  void read_between(StoreCall call) {
    call_ = call;
    hook_ = [this] { EXPECT_TRUE(find(*cache_, record_.id).record); };
  }
  void expect_cache_answers_as_the_store() {
    EXPECT_FALSE(hook_) << "the call was never made";
    const Found cached = find(*cache_, record_.id);
    const Found stored = find(*memory_, record_.id);
    EXPECT_EQ(cached.record, stored.record);
    ASSERT_EQ(cached.user.has_value(), stored.user.has_value());
    if (stored.user) {
      EXPECT_EQ(cached.user->disabled, stored.user->disabled);
      EXPECT_EQ(cached.user->attributes, stored.user->attributes);
    }
  }

  ManualClock clock_;
  StoreCall call_ = StoreCall::check;
  std::function<void()> hook_;
  StoredUser user_;
  SessionRecord record_;
  std::unique_ptr<Store> memory_;
  std::unique_ptr<Store> hooked_;
  std::unique_ptr<NearCache> cache_;
};

TEST_F(NearCacheOrder, AReaderDuringReplaceLeavesNoOldCopy) {
  SessionRecord next = record_;
  next.attributes = R"({"a":1})";
  next.version = record_.version + 1;
  read_between(StoreCall::replace);
  ASSERT_EQ(*cache_->sessions().replace(next, record_.version, clock_.now()),
            ReplaceStatus::replaced);
  expect_cache_answers_as_the_store();
}

TEST_F(NearCacheOrder, AReaderDuringRemoveLeavesNoOldCopy) {
  read_between(StoreCall::remove);
  ASSERT_EQ(*cache_->sessions().remove(std::span(&record_.id, 1), EndReason::revoked, clock_.now()),
            1U);
  expect_cache_answers_as_the_store();
}

TEST_F(NearCacheOrder, AReaderDuringTheEndOfAllSessionsLeavesNoOldCopy) {
  read_between(StoreCall::remove_user);
  ASSERT_TRUE(cache_->sessions().remove_user(record_.user_id, {.now = clock_.now()}));
  expect_cache_answers_as_the_store();
}

TEST_F(NearCacheOrder, AReaderDuringPruningLeavesNoOldCopy) {
  clock_.advance(std::chrono::days{2});
  read_between(StoreCall::prune);
  ASSERT_EQ(*cache_->sessions().prune(clock_.now(), 10), 1U);
  expect_cache_answers_as_the_store();
}

// Whom a log-in evicts is forgotten here too, whether one logs in or many do.
TEST_F(NearCacheOrder, NoCopyOfAnEvictedSessionStays) {
  const auto evicted_by = [&](const char* id, bool many) {
    const SessionRecord old = record_;
    EXPECT_TRUE(find(*cache_, old.id).record) << "a copy is kept";
    record_.id = *SessionId::parse(id);
    const Insertion insertion{record_, {.now = clock_.now(), .max_per_user = 1}};
    SessionStore& sessions = cache_->sessions();
    const auto made = many ? sessions.insert_all({&insertion, 1}).front()
                           : sessions.insert(insertion.record, insertion.options);
    EXPECT_TRUE(made && made->evicted.size() == 1);
    return !find(*cache_, old.id).record;
  };
  EXPECT_TRUE(evicted_by("BBBBBBBBBBBBBBBBBBBBBBB", false));
  EXPECT_TRUE(evicted_by("CCCCCCCCCCCCCCCCCCCCCCC", true));
}

TEST_F(NearCacheOrder, AReaderWhileAttributesChangeLeavesNoOldCopy) {
  read_between(StoreCall::set_attributes);
  const std::string before = (*cache_->users().find_user(record_.user_id))->user.attributes;
  ASSERT_TRUE(*cache_->users().set_attributes(record_.user_id, before, R"({"a":1})"));
  expect_cache_answers_as_the_store();
}

TEST_F(NearCacheOrder, AReaderWhileAUserIsDisabledLeavesNoOldCopy) {
  read_between(StoreCall::set_disabled);
  ASSERT_TRUE(*cache_->users().set_disabled(record_.user_id, true));
  expect_cache_answers_as_the_store();
}

TEST_F(NearCacheOrder, AReaderWhileAUserIsDeletedLeavesNoOldCopy) {
  read_between(StoreCall::delete_user);
  ASSERT_TRUE(*cache_->users().delete_user(record_.user_id, clock_.now()));
  expect_cache_answers_as_the_store();
}

TEST_F(NearCacheOrder, AReaderDuringAChangeOfPasswordLeavesNoOldCopy) {
  read_between(StoreCall::set_password);
  ASSERT_TRUE(
      cache_->users().set_password({record_.user_id, "new", "old", std::nullopt, clock_.now()}));
  expect_cache_answers_as_the_store();
}

}  // namespace
}  // namespace latchkey::testing
