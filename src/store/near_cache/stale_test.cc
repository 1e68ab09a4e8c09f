// Copies that answer while the store does not.
#include <gtest/gtest.h>

#include "latchkey/faulty.h"
#include "latchkey/testing/store_fixture.h"
#include "store/near_cache/cache_test_support.h"
#include "tests/support/manual_clock.h"

namespace latchkey::testing {
namespace {

constexpr Millis kMostAge = std::chrono::seconds{5};
constexpr Millis kMostStale = std::chrono::seconds{60};
constexpr FindOptions kStaleOk{.with_user = true, .stale_ok = true};

class NearCacheStale : public ::testing::Test {
 protected:
  NearCacheStale() { open({.max_age = kMostAge, .max_stale = kMostStale}); }
  void open(const NearCacheOptions& options) {
    cache_.reset();
    cache_ = make_near_cache(*faulty_, options, &clock_);
  }

  void SetUp() override {
    StoredUser user;
    user.user = {.id = kOwner, .username = "Ada", .attributes = "{}"};
    user.password_hash = "old";
    ASSERT_TRUE(must(store_.users().add_user(user)));
    record_.id = SessionId::parse("06S00000000000000000001").value();
    record_.user_id = kOwner;
    record_.created_at = record_.authenticated_at = record_.last_seen_at = kStart;
    record_.idle_expires_at = kStart + kIdle;
    record_.absolute_expires_at = kStart + kAbsolute;
    record_.idle = kIdle;
    ASSERT_TRUE(sessions().insert(record_, {.now = kStart}));
    fill();
  }

  SessionStore& sessions() { return cache_->sessions(); }
  Result<Found> look_up(const FindOptions& options = kStaleOk) {
    Found found;
    Result<void> done = sessions().find_one(record_.id, options, found);
    if (!done) return done.error();
    return found;
  }
  void fill() { EXPECT_TRUE(must(look_up()).record); }
  // refused: the store is away, and nothing answers in its place.
  bool refused(const FindOptions& options = kStaleOk) {
    const auto found = look_up(options);
    return !found && found.error().code == Errc::store_unavailable;
  }
  // age is that of the copy that answers.
  Millis age() { return must(look_up()).stale_for; }

  const UserId kOwner = UserId::parse("0123456789abcdef").value();
  ManualClock clock_;
  HookedStore store_;
  bool away_ = false;
  Fault fault_ = Fault::fail_before;
  std::unique_ptr<Store> faulty_ = make_faulty_store(
      store_, [this](StoreCall, std::uint64_t) { return away_ ? fault_ : Fault::none; });
  std::unique_ptr<NearCache> cache_;
  SessionRecord record_;
};

TEST_F(NearCacheStale, R28AnOldCopyAnswersWithinTheBoundAndNeverBeyond) {
  clock_.advance(kMostAge);
  away_ = true;
  EXPECT_EQ(age(), kMostAge);
  EXPECT_EQ(must(look_up()).user.value().username, "Ada");
  clock_.advance(kMostStale - kMostAge - Millis{1});
  EXPECT_EQ(age(), kMostStale - Millis{1});
  clock_.advance(Millis{1});
  EXPECT_TRUE(refused());
  EXPECT_EQ(cache_->stats().stale, 3U);
}

TEST_F(NearCacheStale, OnlyForWhoAllowsItAndNotWhenFreshIsAskedFor) {
  clock_.advance(kMostAge);
  away_ = true;
  EXPECT_TRUE(refused({}));
  EXPECT_TRUE(refused({.fresh = true, .stale_ok = true}));
}

TEST_F(NearCacheStale, NoOldCopyAnswersUnlessTheCacheKeepsSome) {
  open({.max_age = kMostAge});
  fill();
  clock_.advance(kMostAge);
  away_ = true;
  EXPECT_TRUE(refused());
}

TEST_F(NearCacheStale, AStoreThatAnswersIsBelieved) {
  ASSERT_TRUE(store_.memory().sessions().remove({&record_.id, 1}, EndReason::revoked, kStart));
  clock_.advance(kMostAge);
  EXPECT_FALSE(must(look_up()).record);
  away_ = true;
  EXPECT_TRUE(refused()) << "what the store once told has no copy any more";
}

TEST_F(NearCacheStale, AfterAFailureTheNextOnesDoNotWaitForTheStore) {
  clock_.advance(kMostAge);
  away_ = true;
  EXPECT_EQ(age(), kMostAge);
  away_ = false;
  const int reads = store_.reads;
  EXPECT_EQ(age(), kMostAge);
  EXPECT_EQ(store_.reads, reads);
  clock_.advance(Millis{1000});
  EXPECT_EQ(age(), Millis{0}) << "asked again";
  EXPECT_EQ(store_.reads, reads + 1);
}

// R28: what this node knows has ended never answers, however it came to know.
TEST_F(NearCacheStale, R28WhatIsKnownToHaveEndedNeverAnswers) {
  const std::vector<std::pair<const char*, std::function<void()>>> ends = {
      {"revoked here",
       [&] {
         must(sessions().remove({&record_.id, 1}, EndReason::revoked, kStart));
       }},
      {"user revoked here", [&] { must(sessions().remove_user(kOwner, {.now = kStart})); }},
      {"user disabled here", [&] { must(cache_->users().set_disabled(kOwner, true)); }},
      {"revoked elsewhere", [&] { store_.sink({.ids = {record_.id}}); }},
      {"user revoked elsewhere", [&] { store_.sink({.users = {kOwner}}); }},
      {"something unknown elsewhere", [&] { store_.sink({.everything = true}); }},
      {"revoked, answer lost",
       [&] {
         away_ = true;
         EXPECT_FALSE(sessions().remove({&record_.id, 1}, EndReason::revoked, kStart));
       }},
      {"user revoked, answer lost",
       [&] {
         away_ = true;
         EXPECT_FALSE(sessions().remove_user(kOwner, {.now = kStart}));
       }},
  };
  char last = '1';
  for (const auto& [name, end] : ends) {
    away_ = false;
    must(store_.memory().users().set_disabled(kOwner, false));
    ASSERT_TRUE(store_.memory().sessions().remove({&record_.id, 1}, EndReason::revoked, kStart));
    record_.id = SessionId::parse(std::string("06S0000000000000000000") + ++last).value();
    ASSERT_TRUE(sessions().insert(record_, {.now = kStart}));
    clock_.advance(std::chrono::minutes{2});
    fill();
    clock_.advance(kMostAge);
    end();
    away_ = true;
    EXPECT_TRUE(refused()) << name;
    store_.sink({.everything = true, .channel_lost = true});
    EXPECT_TRUE(refused()) << name << ", and the channel was lost later";
  }
}

TEST_F(NearCacheStale, ALostChannelLeavesCopiesForTheOutageAlone) {
  store_.sink({.everything = true, .channel_lost = true});
  const int reads = store_.reads;
  EXPECT_EQ(age(), Millis{0});
  EXPECT_EQ(store_.reads, reads + 1) << "a copy from before is not current";
  store_.sink({.everything = true, .channel_lost = true});
  away_ = true;
  clock_.advance(Millis{3});
  EXPECT_EQ(age(), Millis{3});
}

// Redis tells nobody that a lost channel is back, nor what it would have told meanwhile.
TEST_F(NearCacheStale, R28AfterALostChannelAnAnswerOfTheStoreEndsWhatItMayHaveOvertaken) {
  store_.sink({.everything = true, .channel_lost = true});
  const SessionId other = SessionId::parse("06S00000000000000000002").value();
  must(sessions().find({&other, 1}, {}));
  ASSERT_TRUE(store_.memory().sessions().remove({&record_.id, 1}, EndReason::revoked, kStart));
  away_ = true;
  EXPECT_TRUE(refused());
}

TEST_F(NearCacheStale, WithoutABoundALostChannelEmptiesTheCache) {
  open({.max_age = kMostAge});
  fill();
  store_.sink({.everything = true, .channel_lost = true});
  EXPECT_EQ(cache_->stats().entries, 0U);
}

TEST_F(NearCacheStale, AnAnswerThatWasOnItsWayWhenTheChannelWasLostIsNotCurrent) {
  clock_.advance(kMostAge);
  store_.after_read = [&] { store_.sink({.everything = true, .channel_lost = true}); };
  fill();
  const int reads = store_.reads;
  fill();
  EXPECT_EQ(store_.reads, reads + 1);
}

// Touches wait for the store and fail with it. The row may have moved on, which harms nobody.
TEST_F(NearCacheStale, ATouchThatFailedLeavesTheCopyToTheOutage) {
  away_ = true;
  fault_ = Fault::fail_after;
  const Touch touch{record_.id, kStart + Millis{1}, kStart + kIdle + Millis{1}};
  for (int tried = 0; tried < 20; ++tried) EXPECT_FALSE(sessions().touch({&touch, 1}));
  EXPECT_GT(age(), Millis{0});
  EXPECT_LE(age(), kMostAge) << "it ages once";
  away_ = false;
  clock_.advance(Millis{1000});
  EXPECT_EQ(must(look_up()).record.value().last_seen_at, kStart + Millis{1});
}

}  // namespace
}  // namespace latchkey::testing
