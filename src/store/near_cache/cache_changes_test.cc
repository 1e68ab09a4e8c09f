#include <gtest/gtest.h>

#include <functional>
#include <map>
#include <string>

#include "latchkey/faulty.h"
#include "latchkey/near_cache.h"
#include "store/near_cache/cache_test_support.h"

namespace latchkey::testing {
namespace {

class NearCacheChanges : public NearCacheTest {};

// What a change through the cache is, by name, and what must be seen after it.
struct Change {
  std::function<void(NearCache&, const SessionRecord&)> run;
  std::function<bool(const Found&)> seen;
};

std::map<std::string, Change> changes() {
  const auto gone = [](const Found& found) { return !found.record && found.tombstone; };
  const auto disabled = [](const Found& found) { return found.user && found.user->disabled; };
  return {
      {"remove",
       {[](NearCache& cache, const SessionRecord& record) {
          (void)cache.sessions().remove({&record.id, 1}, EndReason::logout, kStart);
        },
        gone}},
      {"remove_user",
       {[](NearCache& cache, const SessionRecord& record) {
          (void)cache.sessions().remove_user(record.user_id, {.now = kStart});
        },
        gone}},
      {"eviction",
       {[](NearCache& cache, const SessionRecord&) {
          (void)cache.sessions().insert(make_record(7), {.now = kStart, .max_per_user = 1});
        },
        gone}},
      {"set_password",
       {[](NearCache& cache, const SessionRecord& record) {
          (void)cache.users().set_password(
              {.user = record.user_id, .new_hash = "new", .expected_hash = "old", .now = kStart});
        },
        gone}},
      {"delete_user",
       {[](NearCache& cache, const SessionRecord& record) {
          (void)cache.users().delete_user(record.user_id, kStart);
        },
        gone}},
      {"set_disabled",
       {[](NearCache& cache, const SessionRecord& record) {
          (void)cache.users().set_disabled(record.user_id, true);
        },
        disabled}},
      {"replace",
       {[](NearCache& cache, const SessionRecord& record) {
          (void)cache.sessions().replace(record, 1, kStart);
        },
        [](const Found& found) { return found.record && found.record->version == 2; }}},
      {"touch",
       {[](NearCache& cache, const SessionRecord& record) {
          const Touch touch{record.id, kStart + Millis{9}, kStart + kIdle};
          (void)cache.sessions().touch({&touch, 1});
        },
        [](const Found& found) {
          return found.record && found.record->last_seen_at == kStart + Millis{9};
        }}},
      {"prune",
       {[](NearCache& cache, const SessionRecord&) { (void)cache.sessions().prune(kNever, 9); },
        [](const Found& found) { return !found.record; }}},
  };
}

TEST_F(NearCacheChanges, EveryChangeThroughTheCacheIsSeenAtOnce) {
  for (const auto& [name, change] : changes()) {
    HookedStore store;
    StoredUser user;
    user.user.id = kUser;
    user.password_hash = "old";
    ASSERT_TRUE(must(store.users().add_user(user)));
    ASSERT_TRUE(store.sessions().insert(record_, {.now = kStart}));
    const auto cache = make_near_cache(store, {.max_age = kAge}, &clock_);
    const auto ask = [&] {
      return std::move(must(cache->sessions().find({&record_.id, 1}, {.with_user = true})).at(0));
    };
    EXPECT_FALSE(change.seen(ask())) << name;
    change.run(*cache, record_);
    EXPECT_TRUE(change.seen(ask())) << name;
  }
}

// The fill/invalidate race: the change commits between a read of the store and its being kept.
TEST_F(NearCacheChanges, AnAnswerFromBeforeAChangeIsNotKept) {
  for (const auto& [name, change] : changes()) {
    HookedStore store;
    StoredUser user;
    user.user.id = kUser;
    user.password_hash = "old";
    ASSERT_TRUE(must(store.users().add_user(user)));
    ASSERT_TRUE(store.sessions().insert(record_, {.now = kStart}));
    const auto cache = make_near_cache(store, {.max_age = kAge}, &clock_);
    const auto ask = [&] {
      return std::move(must(cache->sessions().find({&record_.id, 1}, {.with_user = true})).at(0));
    };
    store.after_read = [&, run = change.run] { run(*cache, record_); };
    EXPECT_FALSE(change.seen(ask())) << name << ": the read began before the change";
    EXPECT_TRUE(change.seen(ask())) << name;
  }
}

TEST_F(NearCacheChanges, AnAnswerFromBeforeAnInvalidationIsNotKept) {
  for (const Invalidation& change :
       {Invalidation{.ids = {record_.id}}, Invalidation{.users = {kUser}},
        Invalidation{.everything = true}}) {
    cache_->drop_all();
    store_.after_read = [&] { store_.sink(change); };
    look_up();
    EXPECT_EQ(reads_of([&] { look_up(); }), 1);
  }
}

TEST_F(NearCacheChanges, LookUpsOfUnknownIdsDoNotKeepTheCacheFromFilling) {
  store_.after_read = [&] { look_up(make_record(9).id); };
  look_up();
  EXPECT_EQ(reads_of([&] { look_up(); }), 0);
}

TEST_F(NearCacheChanges, AnOlderAnswerDoesNotReplaceAYoungerOne) {
  store_.after_read = [&] {
    clock_.advance(Millis{1});
    SessionRecord changed = record_;
    changed.attributes = R"({"n":1})";
    ASSERT_TRUE(store_.memory().sessions().replace(changed, 1, kStart));
    look_up({.fresh = true});
  };
  EXPECT_EQ(look_up().record->version, 1);
  EXPECT_EQ(look_up().record->version, 2);
}

// A write whose answer was lost may have been done.
TEST_F(NearCacheChanges, AChangeWhoseAnswerWasLostIsSeen) {
  for (const auto& [name, change] : changes()) {
    HookedStore store;
    StoredUser user;
    user.user.id = kUser;
    user.password_hash = "old";
    ASSERT_TRUE(must(store.users().add_user(user)));
    ASSERT_TRUE(store.sessions().insert(record_, {.now = kStart}));
    const auto faulty = make_faulty_store(store, [](StoreCall call, std::uint64_t) {
      return call == StoreCall::find ? Fault::none : Fault::fail_after;
    });
    const auto cache = make_near_cache(*faulty, {.max_age = kAge}, &clock_);
    const auto ask = [&] {
      return std::move(must(cache->sessions().find({&record_.id, 1}, {.with_user = true})).at(0));
    };
    EXPECT_FALSE(change.seen(ask())) << name;
    change.run(*cache, record_);
    EXPECT_TRUE(change.seen(ask())) << name;
  }
}

}  // namespace
}  // namespace latchkey::testing
