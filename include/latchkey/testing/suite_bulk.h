#pragma once

#include <algorithm>
#include <set>

#include "latchkey/testing/store_fixture.h"

// Conformance: remove_user, the limit per user, list_user, prune.
namespace latchkey::testing {

TEST_P(StoreSuite, RemoveUserEndsAllButTheOneExcepted) {
  const UserId user = next_user();
  const SessionRecord a = add(user);
  const SessionRecord kept = add(user);
  const SessionRecord b = add(user);
  const SessionRecord other = add(next_user());
  const SessionRecord guest = add(UserId{});
  const UnixTime now = kStart + Millis{5};
  Removed removed = must(sessions().remove_user(
      user, {.now = now, .reason = EndReason::password_changed, .except = kept.id}));
  EXPECT_EQ((std::set<SessionId>(removed.ids.begin(), removed.ids.end())), (std::set{a.id, b.id}));
  EXPECT_EQ(removed.ids.size(), 2U);
  EXPECT_EQ(removed.user_epoch, 0);
  EXPECT_EQ(look_up(a.id).tombstone,
            (Tombstone{a.id, a.secret_hash, EndReason::password_changed, now}));
  EXPECT_EQ(look_up(kept.id).record, kept);
  EXPECT_TRUE(exists(other.id));
  EXPECT_TRUE(exists(guest.id));
  EXPECT_EQ(live(user, kStart), std::vector{kept.id});
}

TEST_P(StoreSuite, RemoveUserWithoutExceptionEndsAll) {
  const UserId user = next_user();
  std::set<SessionId> ids;
  for (int i = 0; i < 20; ++i) ids.insert(add(user).id);
  const Removed removed = must(sessions().remove_user(user, {.now = kStart}));
  EXPECT_EQ((std::set<SessionId>(removed.ids.begin(), removed.ids.end())), ids);
  EXPECT_TRUE(live(user, kStart).empty());
  EXPECT_TRUE(must(sessions().remove_user(user, {.now = kStart})).ids.empty());
  EXPECT_TRUE(must(sessions().remove_user(next_user(), {.now = kStart})).ids.empty());
}

TEST_P(StoreSuite, AnExceptionOfAnotherUserSavesNobody) {
  const UserId user = next_user();
  const SessionRecord mine = add(user);
  const SessionRecord other = add(next_user());
  EXPECT_EQ(must(sessions().remove_user(user, {.now = kStart, .except = other.id})).ids,
            std::vector{mine.id});
  EXPECT_TRUE(exists(other.id));
}

TEST_P(StoreSuite, ABulkRemovalOfNobodyEndsNoGuest) {
  const SessionRecord guest = add(UserId{});
  const auto outcome = sessions().remove_user(UserId{}, {.now = kStart});
  EXPECT_TRUE(!outcome || outcome->ids.empty());
  EXPECT_TRUE(exists(guest.id));
}

TEST_P(StoreSuite, TheEpochGrowsOnlyWhenAskedTo) {
  const UserId user = next_user();
  EXPECT_EQ(must(epochs().user_epoch(user)), 0);
  EXPECT_EQ(must(sessions().remove_user(user, {.now = kStart})).user_epoch, 0);
  EXPECT_EQ(must(epochs().user_epoch(user)), 0);
  const Removed removed = must(sessions().remove_user(user, {.now = kStart, .bump_epoch = true}));
  EXPECT_EQ(removed.user_epoch, 1);
  EXPECT_EQ(must(epochs().user_epoch(user)), 1);
  EXPECT_EQ(must(sessions().remove_user(user, {.now = kStart, .bump_epoch = true})).user_epoch, 2);
  EXPECT_EQ(must(epochs().user_epoch(next_user())), 0) << "one counter for each user";
}

TEST_P(StoreSuite, ALoginThatReadTheOldEpochIsRefused) {
  const UserId user = next_user();
  const std::int64_t before = must(epochs().user_epoch(user));
  const Removed removed = must(sessions().remove_user(user, {.now = kStart, .bump_epoch = true}));
  const SessionRecord late = make_record(user);
  EXPECT_EQ(must(sessions().insert(late, {.now = kStart, .user_epoch = before})).status,
            InsertStatus::user_changed);
  const Found found = look_up(late.id);
  EXPECT_FALSE(found.record || found.tombstone) << "a refused insert leaves nothing";
  EXPECT_EQ(must(sessions().insert(late, {.now = kStart, .user_epoch = removed.user_epoch})).status,
            InsertStatus::inserted);
  EXPECT_EQ(must(sessions().insert(make_record(user), {.now = kStart})).status,
            InsertStatus::inserted)
      << "an insert that asks for no epoch is not refused";
}

TEST_P(StoreSuite, TheLongestIdleSessionsGoOverTheLimit) {
  const UserId user = next_user();
  std::vector<SessionId> ids;
  for (int i = 0; i < 4; ++i) ids.push_back(add(user, kStart + Millis{i}).id);
  const UnixTime now = kStart + std::chrono::hours{1};
  ASSERT_EQ(touch(ids[0], now, now + kIdle), 1U);  // the oldest one is the last used
  const SessionRecord fresh = make_record(user, now);
  const InsertOutcome outcome = must(sessions().insert(fresh, {.now = now, .max_per_user = 3}));
  EXPECT_EQ(outcome.status, InsertStatus::inserted);
  EXPECT_EQ(outcome.evicted, (std::vector{ids[1], ids[2]})) << "longest idle first";
  const Tombstone tombstone = look_up(ids[1]).tombstone.value();
  EXPECT_EQ(tombstone.reason, EndReason::evicted);
  EXPECT_EQ(tombstone.ended_at, now);
  EXPECT_EQ(live(user, now), (std::vector{fresh.id, ids[3], ids[0]}));
}

TEST_P(StoreSuite, EqualIdleTimesAreDecidedByAge) {
  const UserId user = next_user();
  SessionRecord younger = make_record(user, kStart + Millis{1});
  SessionRecord older = make_record(user, kStart);
  older.last_seen_at = younger.last_seen_at;
  if (older.id < younger.id) std::swap(older.id, younger.id);  // the id does not decide
  for (const SessionRecord& record : {younger, older}) {
    ASSERT_EQ(must(sessions().insert(record, {.now = kStart})).status, InsertStatus::inserted);
  }
  const auto outcome =
      must(sessions().insert(make_record(user), {.now = kStart, .max_per_user = 2}));
  EXPECT_EQ(outcome.evicted, std::vector{older.id});
}

TEST_P(StoreSuite, TheNewSessionIsNeverTheOneThatGoes) {
  const UserId user = next_user();
  const SessionRecord old = add(user, kStart + std::chrono::hours{5});
  const SessionRecord back = make_record(user, kStart);  // written by a node whose clock is behind
  const auto outcome = must(sessions().insert(back, {.now = kStart, .max_per_user = 1}));
  EXPECT_EQ(outcome.evicted, std::vector{old.id});
  EXPECT_TRUE(exists(back.id));
}

TEST_P(StoreSuite, ExpiredSessionsDoNotCount) {
  const UserId user = next_user();
  const SessionRecord expired = add(user);
  const UnixTime now = expired.idle_expires_at;
  const SessionRecord alive = add(user, now - Millis{1});
  const auto within =
      must(sessions().insert(make_record(user, now), {.now = now, .max_per_user = 2}));
  EXPECT_TRUE(within.evicted.empty());
  const auto over =
      must(sessions().insert(make_record(user, now), {.now = now, .max_per_user = 2}));
  EXPECT_EQ(over.evicted, std::vector{alive.id}) << "not the expired one, though it is longer idle";
  EXPECT_EQ(look_up(expired.id).record, expired);
}

TEST_P(StoreSuite, GuestsAreNeverCounted) {
  for (int i = 0; i < 4; ++i) {
    const auto outcome =
        must(sessions().insert(make_record(UserId{}), {.now = kStart, .max_per_user = 1}));
    EXPECT_EQ(outcome.status, InsertStatus::inserted);
    EXPECT_TRUE(outcome.evicted.empty());
  }
}

TEST_P(StoreSuite, WithoutALimitNobodyGoes) {
  const UserId user = next_user();
  for (int i = 0; i < 130; ++i) add(user);
  EXPECT_EQ(live(user, kStart).size(), 130U);
}

TEST_P(StoreSuite, OfManyInsertionsEachHasItsOwnOutcome) {
  const UserId user = next_user();
  const UserId logged_out = next_user();
  must(sessions().remove_user(logged_out, {.now = kStart, .bump_epoch = true}));
  const SessionRecord there = add(next_user());
  const SessionRecord first = make_record(user, kStart);
  const SessionRecord late = make_record(logged_out);
  const SessionRecord guest = make_record(UserId{});
  const SessionRecord second = make_record(user, kStart + Millis{1});
  const InsertOptions one{.now = kStart, .max_per_user = 1};
  const InsertOptions old_epoch{.now = kStart, .user_epoch = 0};
  const std::vector<Insertion> insertions{
      {first, one}, {there, one}, {late, old_epoch}, {guest, one}, {second, one}};
  const auto some = sessions().insert_all(insertions);
  ASSERT_EQ(some.size(), 5U);
  for (const auto& outcome : some) ASSERT_TRUE(outcome);
  EXPECT_EQ(some[0]->status, InsertStatus::inserted);
  EXPECT_EQ(some[1]->status, InsertStatus::id_taken);
  EXPECT_EQ(some[2]->status, InsertStatus::user_changed);
  EXPECT_EQ(some[3]->status, InsertStatus::inserted);
  EXPECT_EQ(some[4]->status, InsertStatus::inserted);
  EXPECT_EQ(some[4]->evicted, std::vector{first.id});
  EXPECT_EQ(live(user, kStart), std::vector{second.id});
  EXPECT_EQ(look_up(there.id).record, there);
  EXPECT_EQ(look_up(guest.id).record, guest);
  EXPECT_FALSE(exists(late.id));
  EXPECT_TRUE(sessions().insert_all({}).empty());
}

// Where the engine does not take it, as PostgreSQL does not take octets that are no text.
TEST_P(StoreSuite, AnInsertionThatIsRefusedKeepsNoOtherBack) {
  const UserId user = next_user();
  SessionRecord refused = make_record(next_user());
  refused.user_agent = "\xff";
  const SessionRecord before = make_record(user, kStart);
  const SessionRecord behind = make_record(user, kStart + Millis{1});
  const InsertOptions options{.now = kStart, .max_per_user = 5};
  const std::vector<Insertion> insertions{{before, options}, {refused, options}, {behind, options}};
  const auto outcomes = sessions().insert_all(insertions);
  ASSERT_TRUE(outcomes[0]);
  ASSERT_TRUE(outcomes[2]);
  EXPECT_EQ(live(user, kStart), (std::vector{behind.id, before.id}));
}

TEST_P(StoreSuite, ListIsNewestFirstAndPaged) {
  const UserId user = next_user();
  std::vector<std::pair<UnixTime, SessionId>> expected;
  for (int i = 0; i < 12; ++i) {  // three of each created_at, so that the id decides too
    const SessionRecord record = add(user, kStart + Millis{i / 3});
    expected.emplace_back(record.created_at, record.id);
  }
  add(next_user());
  std::sort(expected.rbegin(), expected.rend());
  std::vector<SessionId> ids;
  for (const auto& entry : expected) ids.push_back(entry.second);
  for (const std::size_t limit : {1U, 5U, 12U, 1000U}) {
    EXPECT_EQ(live(user, kStart, limit), ids) << "pages of " << limit;
  }
  const SessionPage first = must(sessions().list_user(user, {.now = kStart, .limit = 5}));
  EXPECT_EQ(first.records.size(), 5U);
  EXPECT_FALSE(first.next.empty());
  EXPECT_EQ(first.records[0], look_up(ids[0]).record);
}

TEST_P(StoreSuite, ListLeavesOutExpiredAndEndedSessions) {
  const UserId user = next_user();
  const SessionRecord expired = add(user);
  const UnixTime now = expired.idle_expires_at;
  const SessionRecord alive = add(user, now - Millis{1});
  const SessionRecord ended = add(user, now - Millis{1});
  ASSERT_EQ(remove(ended.id), 1U);
  EXPECT_EQ(live(user, now), std::vector{alive.id});
  EXPECT_EQ(live(user, now - Millis{1}), (std::vector{alive.id, expired.id}));
  EXPECT_TRUE(live(next_user(), now).empty());
}

TEST_P(StoreSuite, PagesNeitherRepeatNorSkipWhileSessionsAreInserted) {
  const UserId user = next_user();
  std::set<SessionId> before;
  for (int i = 0; i < 20; ++i) before.insert(add(user, kStart + Millis{2 * i}).id);
  std::set<SessionId> seen;
  PageRequest request{.now = kStart, .limit = 3};
  do {
    const SessionPage page = must(sessions().list_user(user, request));
    EXPECT_LE(page.records.size(), 3U);
    for (const SessionRecord& record : page.records) {
      EXPECT_TRUE(seen.insert(record.id).second) << "told twice";
    }
    add(user, kStart + Millis{100});  // newer than every page that follows
    request.after = page.next;
  } while (!request.after.empty());
  EXPECT_TRUE(std::includes(seen.begin(), seen.end(), before.begin(), before.end()));
}

TEST_P(StoreSuite, ListRefusesBadPages) {
  const UserId user = next_user();
  add(user);
  for (const std::size_t limit : {0U, 1001U}) {
    const auto page = sessions().list_user(user, {.now = kStart, .limit = limit});
    ASSERT_FALSE(page);
    EXPECT_EQ(page.error().code, Errc::invalid_argument);
  }
  for (const char* after : {"x", "'; --", "99999999999999999999999.06S", "-1"}) {
    const auto page = sessions().list_user(user, {.now = kStart, .after = after});
    ASSERT_FALSE(page) << after;
    EXPECT_EQ(page.error().code, Errc::invalid_argument);
  }
}

TEST_P(StoreSuite, PruneDeletesWhatIsPastItsDeadlineInBatches) {
  std::vector<SessionId> expired;
  for (int i = 0; i < 25; ++i) expired.push_back(add(UserId{}, kStart - Millis{i}).id);
  const UnixTime now = kStart + kIdle;
  const SessionRecord alive = add(next_user(), kStart + Millis{1});
  for (const SessionId& id : expired) EXPECT_TRUE(exists(id));
  EXPECT_EQ(must(sessions().prune(now, 10)), 10U);
  EXPECT_EQ(must(sessions().prune(now, 10)), 10U);
  EXPECT_EQ(must(sessions().prune(now, 10)), 5U) << "fewer than the limit: done";
  EXPECT_EQ(must(sessions().prune(now, 10)), 0U);
  for (const SessionId& id : expired) EXPECT_FALSE(exists(id));
  EXPECT_EQ(look_up(alive.id).record, alive) << "one millisecond before its deadline";
  EXPECT_EQ(must(sessions().prune(now + Millis{1}, 10)), 1U);
}

TEST_P(StoreSuite, PruneKnowsBothDeadlines) {
  SessionRecord fixed = make_record(next_user());
  fixed.idle = Millis{0};
  fixed.absolute_expires_at = fixed.idle_expires_at = kStart + Millis{10};
  ASSERT_EQ(must(sessions().insert(fixed, {.now = kStart})).status, InsertStatus::inserted);
  const SessionRecord touched = add(next_user());
  ASSERT_EQ(touch(touched.id, kStart + kIdle / 2, kStart + kIdle + kIdle / 2), 1U);
  EXPECT_EQ(must(sessions().prune(kStart + kIdle, 100)), 1U);
  EXPECT_FALSE(exists(fixed.id));
  EXPECT_TRUE(exists(touched.id)) << "a touch moved its deadline";
  EXPECT_EQ(must(sessions().prune(kStart + kIdle + kIdle / 2, 100)), 1U);
}

TEST_P(StoreSuite, TombstonesGoAfterTheirLife) {
  const SessionRecord record = add(next_user());
  const UnixTime ended = kStart + Millis{10};
  ASSERT_EQ(remove(record.id, ended), 1U);
  EXPECT_EQ(must(sessions().prune(ended + kTombstoneLife - Millis{1}, 100)), 0U);
  EXPECT_TRUE(look_up(record.id).tombstone.has_value());
  EXPECT_EQ(must(sessions().prune(ended + kTombstoneLife + Millis{1}, 100)), 1U);
  const Found found = look_up(record.id);
  EXPECT_FALSE(found.record || found.tombstone);
}

TEST_P(StoreSuite, PruneDoesNotGoBeyondItsLimitWithTombstones) {
  std::vector<SessionId> ids;
  for (int i = 0; i < 5; ++i) ids.push_back(add(UserId{}).id);
  ASSERT_EQ(must(sessions().remove(ids, EndReason::logout, kStart)), 5U);
  for (int i = 0; i < 5; ++i) add(UserId{});
  const UnixTime now = kStart + std::chrono::days{30};
  std::size_t gone = 0;
  for (std::size_t step = 4; step == 4; gone += step) {
    step = must(sessions().prune(now, 4));
    EXPECT_LE(step, 4U);
  }
  EXPECT_EQ(gone, 10U);
}

TEST_P(StoreSuite, ALargeTableStaysExact) {
  constexpr int kThreads = 8;
  const int rows = scaled(2'000, 100'000) / kThreads * kThreads;
  constexpr int kPerUser = 50;
  std::vector<UserId> owners;
  for (int i = 0; i < rows / kPerUser; ++i) owners.push_back(next_user());
  std::vector<SessionRecord> records;
  for (int i = 0; i < rows; ++i) {
    records.push_back(make_record(owners[static_cast<std::size_t>(i / kPerUser)],
                                  kStart + Millis{i % 2 == 0 ? 0 : 1000}));
  }
  run_parallel(kThreads, [&](int thread) {
    for (int i = thread; i < rows; i += kThreads) {
      const SessionRecord& record = records[static_cast<std::size_t>(i)];
      EXPECT_EQ(must(sessions().insert(record, {.now = kStart})).status, InsertStatus::inserted);
    }
  });
  for (std::size_t i = 0; i < records.size(); i += 97) {
    EXPECT_EQ(look_up(records[i].id).record, records[i]);
  }
  EXPECT_EQ(live(owners.front(), kStart).size(), kPerUser);
  EXPECT_EQ(must(sessions().remove_user(owners.back(), {.now = kStart})).ids.size(), kPerUser);
  std::size_t pruned = 0;
  for (std::size_t step = 1000; step == 1000; pruned += step) {
    step = must(sessions().prune(kStart + kIdle, 1000));
  }
  EXPECT_EQ(pruned, static_cast<std::size_t>(rows - kPerUser) / 2);
  EXPECT_EQ(live(owners.front(), kStart).size(), kPerUser / 2);
}

}  // namespace latchkey::testing
