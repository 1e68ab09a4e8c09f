#include "latchkey/near_cache.h"

#include <gtest/gtest.h>

#include "latchkey/faulty.h"
#include "store/near_cache/cache_test_support.h"

namespace latchkey::testing {
namespace {

TEST_F(NearCacheTest, AHitAsksTheStoreNothing) {
  EXPECT_EQ(reads_of([&] { EXPECT_EQ(look_up().record, record_); }), 1);
  EXPECT_EQ(reads_of([&] { EXPECT_EQ(look_up().record, record_); }), 0);
  const NearCacheStats stats = cache_->stats();
  EXPECT_EQ(stats.hits, 1U);
  EXPECT_EQ(stats.misses, 1U);
  EXPECT_EQ(stats.entries, 1U);
}

TEST_F(NearCacheTest, CountsHowOldTheCopiesWereThatAnswered) {
  look_up();
  for (const Millis step : {Millis{1'000}, Millis{2'000}}) {
    clock_.advance(step);
    look_up();
  }
  EXPECT_EQ(cache_->stats().hit_age, Millis{1'000 + 3'000});
}

TEST_F(NearCacheTest, OneReadAnswersForAllThatIsMissing) {
  const SessionRecord other = make_record(2);
  ASSERT_TRUE(sessions().insert(other, {.now = kStart}));
  look_up();
  const std::vector ids = {make_record(3).id, record_.id, other.id, record_.id};
  EXPECT_EQ(reads_of([&] {
              const std::vector<Found> found = must(sessions().find(ids, {}));
              ASSERT_EQ(found.size(), 4U);
              EXPECT_FALSE(found[0].record.has_value());
              EXPECT_EQ(found[1].record, record_);
              EXPECT_EQ(found[2].record, other);
              EXPECT_EQ(found[3].record, record_);
            }),
            1);
  const std::vector most(kMaxFind, record_.id);
  EXPECT_EQ(reads_of([&] { EXPECT_EQ(must(sessions().find(most, {})).size(), kMaxFind); }), 0);
}

TEST_F(NearCacheTest, TombstonesAndMissesAreNeverCached) {
  const SessionId unknown = make_record(9).id;
  for (int i = 0; i < 2; ++i) EXPECT_EQ(reads_of([&] { look_up(unknown); }), 1);
  ASSERT_EQ(remove(), 1U);
  for (int i = 0; i < 2; ++i) {
    EXPECT_EQ(reads_of([&] { EXPECT_TRUE(look_up().tombstone.has_value()); }), 1);
  }
  EXPECT_EQ(cache_->stats().entries, 0U);
}

TEST_F(NearCacheTest, TheUserIsCachedBesideTheSessionOnceAskedFor) {
  look_up();
  EXPECT_EQ(reads_of([&] { EXPECT_EQ(look_up({.with_user = true}).user.value().username, "Ada"); }),
            1);
  EXPECT_EQ(reads_of([&] { EXPECT_EQ(look_up({.with_user = true}).user.value().username, "Ada"); }),
            0);
  EXPECT_EQ(reads_of([&] { EXPECT_FALSE(look_up().user.has_value()); }), 0);
}

class NearCacheWithoutUsers : public NearCacheTest {
 protected:
  NearCacheWithoutUsers() : NearCacheTest({.max_age = kAge, .cache_users = false}) {}
};

TEST_F(NearCacheWithoutUsers, AUserIsAskedForEachTime) {
  for (int i = 0; i < 2; ++i) {
    EXPECT_EQ(reads_of([&] { EXPECT_TRUE(look_up({.with_user = true}).user); }), 1);
  }
  EXPECT_EQ(reads_of([&] { EXPECT_EQ(look_up().record, record_); }), 0);
}

TEST_F(NearCacheTest, FreshAsksTheStoreAndRenewsTheCopy) {
  look_up();
  SessionRecord changed = record_;
  changed.attributes = R"({"n":1})";
  ASSERT_EQ(must(store_.memory().sessions().replace(changed, 1, kStart)), ReplaceStatus::replaced);
  EXPECT_EQ(look_up().record, record_) << "somebody else's change may be seen late";
  EXPECT_EQ(look_up({.fresh = true}).record->attributes, changed.attributes);
  EXPECT_EQ(cache_->stats().misses, 1U) << "who does not want a copy misses none";
  EXPECT_EQ(reads_of([&] { EXPECT_EQ(look_up().record->attributes, changed.attributes); }), 0);
}

TEST_F(NearCacheTest, FreshForgetsACopyOfWhatIsGone) {
  look_up();
  ASSERT_TRUE(store_.memory().sessions().remove({&record_.id, 1}, EndReason::revoked, kStart));
  EXPECT_FALSE(look_up({.fresh = true}).record.has_value());
  EXPECT_FALSE(look_up().record.has_value());
}

TEST_F(NearCacheTest, NoCopyIsOlderThanTheBound) {
  look_up();
  clock_.advance(kAge - Millis{1});
  EXPECT_EQ(reads_of([&] { look_up(); }), 0) << "one millisecond before";
  clock_.advance(Millis{1});
  EXPECT_EQ(reads_of([&] { look_up(); }), 1);
  EXPECT_EQ(reads_of([&] { look_up(); }), 0) << "renewed";
}

TEST_F(NearCacheTest, TheAgeCountsFromBeforeTheRead) {
  store_.after_read = [&] { clock_.advance(kAge - Millis{1}); };
  look_up();
  clock_.advance(Millis{1});
  EXPECT_EQ(reads_of([&] { look_up(); }), 1);
}

TEST_F(NearCacheTest, AHitDoesNotMakeACopyYounger) {
  look_up();
  for (int i = 0; i < 4; ++i) {
    clock_.advance(kAge / 5);
    EXPECT_EQ(reads_of([&] { look_up(); }), 0);
  }
  clock_.advance(kAge / 5);
  EXPECT_EQ(reads_of([&] { look_up(); }), 1);
}

TEST_F(NearCacheTest, AClockThatGoesBackMakesCopiesUseless) {
  look_up();
  clock_.advance(-Millis{1});
  EXPECT_EQ(reads_of([&] { look_up(); }), 1);
}

TEST_F(NearCacheTest, TouchMovesTheCopyInPlace) {
  look_up();
  const UnixTime seen = kStart + std::chrono::hours{1};
  const Touch touch{record_.id, seen, seen + kIdle};
  ASSERT_EQ(must(sessions().touch({&touch, 1})), 1U);
  EXPECT_EQ(reads_of([&] {
              const SessionRecord moved = look_up().record.value();
              EXPECT_EQ(moved.last_seen_at, seen);
              EXPECT_EQ(moved.idle_expires_at, seen + kIdle);
              EXPECT_EQ(moved, store_.memory().sessions().find({&record_.id, 1}, {})->at(0).record);
            }),
            0);
  const Touch earlier{record_.id, kStart, kStart + kIdle};
  ASSERT_EQ(must(sessions().touch({&earlier, 1})), 0U);
  EXPECT_EQ(look_up().record->last_seen_at, seen);
}

TEST_F(NearCacheTest, ATouchThatMovedFewerRowsDropsTheCopies) {
  look_up();
  ASSERT_TRUE(store_.memory().sessions().remove({&record_.id, 1}, EndReason::revoked, kStart));
  const Touch touch{record_.id, kStart + Millis{1}, kStart + kIdle + Millis{1}};
  ASSERT_EQ(must(sessions().touch({&touch, 1})), 0U);
  EXPECT_FALSE(look_up().record.has_value()) << "the row was gone, and the touch shows it";
}

TEST_F(NearCacheTest, ATouchOfASessionThatLooksDeadDropsTheCopy) {
  look_up();
  const UnixTime late = kStart + kIdle;
  const Touch before{record_.id, late - Millis{1}, late + kIdle};
  ASSERT_EQ(must(store_.memory().sessions().touch({&before, 1})), 1U);
  const Touch touch{record_.id, late + Millis{1}, late + kIdle + Millis{2}};
  ASSERT_EQ(must(sessions().touch({&touch, 1})), 1U);
  EXPECT_EQ(look_up().record->last_seen_at, late + Millis{1});
}

TEST_F(NearCacheTest, PruningEndsBeliefInExpiredCopies) {
  look_up();
  const UnixTime now = kStart + kIdle;
  ASSERT_EQ(must(sessions().prune(now - Millis{1}, 10)), 0U);
  EXPECT_EQ(reads_of([&] { look_up(); }), 0);
  ASSERT_EQ(must(sessions().prune(now, 10)), 1U);
  EXPECT_FALSE(look_up().record.has_value());
}

TEST_F(NearCacheTest, OnePruneAtAWrongTimeDoesNotEndCaching) {
  ASSERT_EQ(must(sessions().prune(kNever, 10)), 1U);
  const SessionRecord next = make_record(2);
  ASSERT_TRUE(sessions().insert(next, {.now = kStart}));
  look_up(next.id);
  EXPECT_EQ(reads_of([&] { EXPECT_EQ(look_up(next.id).record, next); }), 0);
}

TEST_F(NearCacheTest, DropAllEmptiesTheCache) {
  look_up();
  cache_->drop_all();
  EXPECT_EQ(cache_->stats().entries, 0U);
  EXPECT_EQ(reads_of([&] { look_up(); }), 1);
  EXPECT_EQ(reads_of([&] { look_up(); }), 0);
}

// What others changed arrives through the watch of the inner store.
TEST_F(NearCacheTest, InvalidationsOfOthersDropWhatTheyName) {
  const SessionRecord other = make_record(2);
  ASSERT_TRUE(sessions().insert(other, {.now = kStart}));
  const auto fill = [&] {
    look_up();
    look_up(other.id);
  };
  fill();
  store_.sink({.ids = {record_.id}});
  EXPECT_EQ(reads_of([&] { look_up(other.id); }), 0);
  EXPECT_EQ(reads_of([&] { look_up(); }), 1);
  fill();
  store_.sink({.users = {kUser}});
  EXPECT_EQ(reads_of(fill), 2);
  store_.sink({.everything = true});
  EXPECT_EQ(cache_->stats().entries, 0U);
}

TEST_F(NearCacheTest, WhoWatchesTheCacheHearsWhatItHeard) {
  look_up();
  int told = 0;
  EXPECT_EQ(sessions().watch([&](const Invalidation& change) {
    ++told;
    EXPECT_EQ(change.ids, std::vector{record_.id});
    EXPECT_EQ(reads_of([&] { look_up(); }), 1) << "told when the copy is gone already";
  }),
            Millis{50});
  store_.sink({.ids = {record_.id}});
  EXPECT_EQ(told, 1);
  sessions().watch(nullptr);
  store_.sink({.ids = {record_.id}});
  EXPECT_EQ(told, 1);
}

TEST_F(NearCacheTest, ACacheThatDiesStopsWatching) {
  ASSERT_TRUE(store_.sink);
  cache_.reset();
  EXPECT_FALSE(store_.sink);
}

TEST_F(NearCacheTest, BytesAreWhatIsHeld) {
  const std::size_t empty = cache_->stats().bytes;
  look_up();
  const std::size_t one = cache_->stats().bytes;
  EXPECT_GT(one, empty + 100);
  SessionRecord large = record_;
  large.attributes = std::string(kMaxAttributesBytes, ' ');
  ASSERT_TRUE(sessions().replace(large, 1, kStart));
  look_up();
  EXPECT_GT(cache_->stats().bytes, one + kMaxAttributesBytes - 100);
  ASSERT_EQ(remove(), 1U);
  cache_->drop_all();
  EXPECT_EQ(cache_->stats().bytes, empty);
}
// R28: a store that fails is never "no session", and a copy past its age is not believed either.
TEST_F(NearCacheTest, AFailingStoreIsAnErrorAndNotAnAbsence) {
  std::atomic<bool> down{false};
  const auto faulty = make_faulty_store(
      store_, [&](StoreCall, std::uint64_t) { return down ? Fault::fail_before : Fault::none; });
  const auto cache = make_near_cache(*faulty, {.max_age = kAge}, &clock_);
  const auto ask = [&] { return cache->sessions().find({&record_.id, 1}, {}); };
  ASSERT_TRUE(ask());
  down = true;
  EXPECT_EQ(ask()->at(0).record, record_) << "within its age a copy serves";
  clock_.advance(kAge);
  ASSERT_FALSE(ask());
  EXPECT_EQ(ask().error().code, Errc::store_unavailable);
  down = false;
  EXPECT_EQ(ask()->at(0).record, record_);
}

class SmallNearCacheTest : public NearCacheTest {
 protected:
  static constexpr std::size_t kMax = 100;
  SmallNearCacheTest() : NearCacheTest({.max_entries = kMax, .max_age = kAge}) {}
};

TEST_F(SmallNearCacheTest, NeverHoldsMoreThanItsLimit) {
  for (int i = 2; i < 1000; ++i) {
    const SessionRecord record = make_record(i);
    ASSERT_TRUE(sessions().insert(record, {.now = kStart}));
    EXPECT_EQ(look_up(record.id).record, record);
    ASSERT_LE(cache_->stats().entries, kMax);
  }
  EXPECT_EQ(cache_->stats().entries, kMax);
}

TEST_F(SmallNearCacheTest, WhatIsUsedStays) {
  look_up();
  for (int i = 2; i < 1000; ++i) {
    const SessionRecord record = make_record(i);
    ASSERT_TRUE(sessions().insert(record, {.now = kStart}));
    look_up(record.id);
    ASSERT_EQ(reads_of([&] { look_up(); }), 0) << "after " << i;
  }
}

class ForgetfulNearCacheTest : public NearCacheTest {
 protected:
  ForgetfulNearCacheTest() : NearCacheTest({.max_age = Millis{0}}) {}
};

TEST_F(ForgetfulNearCacheTest, WithoutAnAgeNothingIsBelieved) {
  for (int i = 0; i < 3; ++i) EXPECT_EQ(reads_of([&] { look_up(); }), 1);
}

}  // namespace
}  // namespace latchkey::testing
