#pragma once

#include <algorithm>
#include <map>
#include <set>

#include "latchkey/testing/store_fixture.h"

// Conformance: what must hold whatever runs at the same time.
namespace latchkey::testing {

// Span is when a call ran, in steps of one counter that all threads of a trial share.
struct Span {
  std::uint64_t begin = 0;
  std::uint64_t end = 0;
};

// RevokeAllTrial runs inserts and touches of one user against one remove_user: of everything, or of
// all but one session and without a bump of the epoch, so that logins under way go through.
struct RevokeAllTrial {
  static constexpr int kInserters = 3;
  static constexpr int kInserts = 4;

  std::atomic<std::uint64_t> step{0};
  std::map<SessionId, Span> inserted[kInserters];
  Span revoked;
  Removed removed;

  template <class Call>
  Span timed(Call call) {
    Span span;
    span.begin = ++step;
    call();
    span.end = ++step;
    return span;
  }
};

TEST_P(StoreSuite, RevokeAllAndOthersAreExactUnderParallelInsertsAndTouches) {
  const int count = trials(40, 2'000);
  for (int trial = 0; trial < count; ++trial) {
    RevokeAllTrial run;
    const UserId user = next_user();
    const bool others = trial % 2 == 1;
    InsertOptions login{.now = kStart};
    RemoveUserOptions removal{.now = kStart, .bump_epoch = !others};
    if (others) {
      login.user_epoch = must(epochs().user_epoch(user));
      removal.except = add(user).id;
    }
    std::map<SessionId, Span> spans;
    std::vector<Touch> touches;
    for (int i = 0; i < 3; ++i) {
      const SessionId id = add(user).id;
      spans[id] = {};
      touches.push_back({id, kStart + Millis{1}, kStart + kIdle + Millis{1}});
    }
    run_parallel(RevokeAllTrial::kInserters + 2, [&](int thread) {
      if (thread < RevokeAllTrial::kInserters) {
        for (int i = 0; i < RevokeAllTrial::kInserts; ++i) {
          const SessionRecord record = make_record(user);
          run.inserted[thread][record.id] = run.timed([&] {
            EXPECT_EQ(must(sessions().insert(record, login)).status, InsertStatus::inserted);
          });
        }
      } else if (thread == RevokeAllTrial::kInserters) {
        for (int i = 0; i < 6; ++i) {
          must(sessions().touch(touches));
          for (Touch& touch : touches) touch.idle_expires_at += Millis{1};
        }
      } else {
        while (run.step < 4) std::this_thread::yield();  // some inserts are under way
        run.revoked = run.timed([&] { run.removed = must(sessions().remove_user(user, removal)); });
      }
    });
    for (const auto& inserted : run.inserted) spans.insert(inserted.begin(), inserted.end());

    std::set<SessionId> dead;
    for (const auto& [id, span] : spans) {
      const bool alive = exists(id);
      if (!alive) dead.insert(id);
      EXPECT_FALSE(alive && span.end < run.revoked.begin) << "acknowledged before the revoke";
      EXPECT_FALSE(!alive && span.begin > run.revoked.end) << "begun after the revoke";
    }
    EXPECT_EQ((std::set<SessionId>(run.removed.ids.begin(), run.removed.ids.end())), dead);
    EXPECT_EQ(run.removed.ids.size(), dead.size());
    EXPECT_EQ(live(user, kStart).size(), spans.size() - dead.size() + (others ? 1 : 0));
    EXPECT_TRUE(!others || exists(*removal.except));
    EXPECT_TRUE(!others || run.removed.user_epoch == *login.user_epoch);
    if (HasFailure()) FAIL() << "in trial " << trial;
  }
}

TEST_P(StoreSuite, RevokeOthersKeepsExactlyTheOneExcepted) {
  const int count = trials(30, 1'000);
  for (int trial = 0; trial < count; ++trial) {
    const UserId user = next_user();
    const SessionRecord kept = add(user);
    std::vector<SessionRecord> records;
    for (int i = 0; i < 4; ++i) records.push_back(make_record(user));
    const std::int64_t epoch = must(epochs().user_epoch(user));
    std::atomic<int> inserted{0};
    Removed removed;
    run_parallel(5, [&](int thread) {
      if (thread == 4) {
        removed = must(
            sessions().remove_user(user, {.now = kStart, .except = kept.id, .bump_epoch = true}));
        return;
      }
      const SessionRecord& record = records[static_cast<std::size_t>(thread)];
      const auto outcome = must(sessions().insert(record, {.now = kStart, .user_epoch = epoch}));
      inserted += outcome.status == InsertStatus::inserted ? 1 : 0;
    });
    EXPECT_EQ(live(user, kStart), std::vector{kept.id}) << "logins of the old epoch cannot survive";
    EXPECT_EQ(static_cast<int>(removed.ids.size()), inserted);
    if (HasFailure()) FAIL() << "in trial " << trial;
  }
}

TEST_P(StoreSuite, LogoutBeatsTouchAndReplace) {
  const int count = trials(200, 10'000);
  std::vector<SessionRecord> records;
  for (int i = 0; i < count; ++i) records.push_back(make_record(next_user()));
  std::barrier step(2);
  std::atomic<int> revived{0};
  run_parallel(2, [&](int thread) {
    for (std::size_t i = 0; i < records.size(); ++i) {
      const SessionRecord& record = records[i];
      if (thread == 0) {
        EXPECT_EQ(must(sessions().insert(record, {.now = kStart})).status, InsertStatus::inserted);
      }
      step.arrive_and_wait();
      if (thread == 0) {
        const UnixTime seen = kStart + Millis{1};
        touch(record.id, seen, seen + kIdle);
        if (i % 4 == 0) must(sessions().replace(record, 1, kStart));
        touch(record.id, seen + Millis{1}, seen + kIdle + Millis{1});
      } else {
        EXPECT_EQ(remove(record.id), 1U);
        revived += exists(record.id) ? 1 : 0;
      }
      step.arrive_and_wait();
      if (thread == 0) revived += exists(record.id) ? 1 : 0;
    }
  });
  EXPECT_EQ(revived, 0);
  for (const SessionRecord& record : records) EXPECT_TRUE(look_up(record.id).tombstone.has_value());
}

TEST_P(StoreSuite, TheLimitHoldsUnderFiftyParallelInserts) {
  constexpr int kThreads = 50;
  constexpr std::uint32_t kLimit = 10;
  const int count = trials(2, 20);
  for (int trial = 0; trial < count; ++trial) {
    const UserId user = next_user();
    std::vector<SessionRecord> records;
    for (int i = 0; i < kThreads; ++i) records.push_back(make_record(user, kStart + Millis{i}));
    std::vector<InsertOutcome> outcomes(kThreads);
    run_parallel(kThreads, [&](int thread) {
      const auto i = static_cast<std::size_t>(thread);
      outcomes[i] = must(sessions().insert(records[i], {.now = kStart, .max_per_user = kLimit}));
    });
    std::multiset<SessionId> told;
    for (const InsertOutcome& outcome : outcomes) {
      EXPECT_EQ(outcome.status, InsertStatus::inserted);
      told.insert(outcome.evicted.begin(), outcome.evicted.end());
    }
    std::multiset<SessionId> dead;
    for (const SessionRecord& record : records) {
      const Found found = look_up(record.id);
      if (found.record) continue;
      dead.insert(record.id);
      EXPECT_EQ(found.tombstone.value().reason, EndReason::evicted);
    }
    EXPECT_EQ(told, dead) << "each end is told exactly once";
    EXPECT_EQ(live(user, kStart).size(), kLimit);
  }
}

TEST_P(StoreSuite, OneIdIsInsertedOnce) {
  for (int trial = 0; trial < trials(10, 200); ++trial) {
    std::vector<SessionRecord> records;
    const UserId user = next_user();
    for (int i = 0; i < 4; ++i) {
      records.push_back(make_record(data().takes_any_id() ? next_user() : user));
    }
    for (SessionRecord& record : records) record.id = records[0].id;
    std::atomic<int> inserted{0};
    run_parallel(4, [&](int thread) {
      const auto& record = records[static_cast<std::size_t>(thread)];
      const auto outcome = must(sessions().insert(record, {.now = kStart}));
      inserted += outcome.status == InsertStatus::inserted ? 1 : 0;
    });
    EXPECT_EQ(inserted, 1);
  }
}

TEST_P(StoreSuite, NoUpdateIsLostUnderParallelReplaces) {
  constexpr int kThreads = 4;
  const int rounds = trials(10, 100);
  const SessionRecord record = add(next_user());
  run_parallel(kThreads, [&](int) {
    for (int i = 0; i < rounds; ++i) {
      ReplaceStatus status = ReplaceStatus::conflict;
      while (status == ReplaceStatus::conflict) {
        SessionRecord current = look_up(record.id, {.fresh = true}).record.value();
        current.attributes += '.';
        status = must(sessions().replace(current, current.version, kStart));
      }
      EXPECT_EQ(status, ReplaceStatus::replaced);
    }
  });
  const SessionRecord after = look_up(record.id).record.value();
  EXPECT_EQ(after.version, 1 + kThreads * rounds);
  EXPECT_EQ(after.attributes.size(),
            record.attributes.size() + kThreads * static_cast<std::size_t>(rounds));
}

TEST_P(StoreSuite, AChangeOfPasswordBeatsALoginThatRacesIt) {
  for (int trial = 0; trial < trials(30, 1'000); ++trial) {
    const StoredUser user = make_user("racer-" + std::to_string(trial));
    ASSERT_TRUE(must(users().add_user(user)));
    const SessionRecord login = make_record(user.user.id);
    run_parallel(2, [&](int thread) {
      if (thread == 0) {
        const std::int64_t epoch = must(epochs().user_epoch(user.user.id));
        const auto seen = must(users().find_user(user.user.id));
        if (seen->password_hash != user.password_hash) return;  // the old password is wrong now
        must(sessions().insert(login, {.now = kStart, .user_epoch = epoch}));
      } else {
        const SetPassword change{
            .user = user.user.id, .new_hash = "new", .expected_hash = user.password_hash};
        EXPECT_EQ(must(users().set_password(change)).status, SetPasswordStatus::changed);
      }
    });
    EXPECT_FALSE(exists(login.id)) << "in trial " << trial;
  }
}

}  // namespace latchkey::testing
