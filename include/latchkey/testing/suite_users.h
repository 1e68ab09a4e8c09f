#pragma once

#include <chrono>
#include <map>
#include <optional>

#include "latchkey/testing/store_fixture.h"

// Conformance: users, epochs, meta.
namespace latchkey::testing {

inline bool same_user(const StoredUser& a, const StoredUser& b) {
  return a.user == b.user && a.username_key == b.username_key && a.password_hash == b.password_hash;
}

TEST_P(StoreSuite, AUserIsFoundByIdAndByName) {
  StoredUser user = make_user("grace");
  user.user.username = "Grac\xc3\xa9 'Hopper\"; --";
  user.user.attributes = R"({"a":"b"})";
  user.user.disabled = true;
  ASSERT_TRUE(must(users().add_user(user)));
  const auto by_id = must(users().find_user(user.user.id));
  ASSERT_TRUE(by_id.has_value());
  EXPECT_TRUE(same_user(*by_id, user));
  const auto by_name = must(users().find_username("grace"));
  ASSERT_TRUE(by_name.has_value());
  EXPECT_TRUE(same_user(*by_name, user));
  EXPECT_FALSE(must(users().find_user(next_user())).has_value());
  EXPECT_FALSE(must(users().find_username("Grace")).has_value()) << "keys are exact";
  EXPECT_FALSE(must(users().find_username("")).has_value());
}

TEST_P(StoreSuite, AUsernameKeyIsTakenOnce) {
  const StoredUser first = make_user("ada");
  const StoredUser second = make_user("ada");
  ASSERT_TRUE(must(users().add_user(first)));
  EXPECT_FALSE(must(users().add_user(second)));
  EXPECT_FALSE(must(users().find_user(second.user.id)).has_value());
  EXPECT_TRUE(same_user(must(users().find_username("ada")).value(), first));
}

TEST_P(StoreSuite, AUserIdIsNeverOverwritten) {
  const StoredUser first = make_user("ada");
  StoredUser second = make_user("eve");
  second.user.id = first.user.id;
  ASSERT_TRUE(must(users().add_user(first)));
  const auto outcome = users().add_user(second);
  EXPECT_FALSE(outcome && *outcome);
  EXPECT_TRUE(same_user(must(users().find_user(first.user.id)).value(), first));
  EXPECT_FALSE(must(users().find_username("eve")).has_value());
}

TEST_P(StoreSuite, SetPasswordChangesHashEpochAndSessionsInOneStep) {
  const StoredUser user = make_user("ada");
  ASSERT_TRUE(must(users().add_user(user)));
  const SessionRecord ended = add(user.user.id);
  const SessionRecord kept = add(user.user.id);
  const SetPassword change{.user = user.user.id,
                           .new_hash = "new",
                           .expected_hash = user.password_hash,
                           .except = kept.id,
                           .now = kStart + Millis{4}};
  const SetPasswordOutcome outcome = must(users().set_password(change));
  EXPECT_EQ(outcome.status, SetPasswordStatus::changed);
  EXPECT_EQ(outcome.removed.ids, std::vector{ended.id});
  EXPECT_EQ(outcome.removed.user_epoch, 1);
  EXPECT_EQ(must(epochs().user_epoch(user.user.id)), 1);
  EXPECT_EQ(must(users().find_user(user.user.id))->password_hash, "new");
  EXPECT_EQ(look_up(ended.id).tombstone,
            (Tombstone{ended.id, ended.secret_hash, EndReason::password_changed, change.now}));
  EXPECT_TRUE(exists(kept.id));
  EXPECT_EQ(
      must(sessions().insert(make_record(user.user.id), {.now = kStart, .user_epoch = 0})).status,
      InsertStatus::user_changed)
      << "a login under way with the old password";
}

TEST_P(StoreSuite, SetPasswordConflictsWhenTheHashMovedOn) {
  const StoredUser user = make_user("ada");
  ASSERT_TRUE(must(users().add_user(user)));
  const SessionRecord session = add(user.user.id);
  const SetPassword stale{.user = user.user.id, .new_hash = "new", .expected_hash = "another"};
  EXPECT_EQ(must(users().set_password(stale)).status, SetPasswordStatus::conflict);
  EXPECT_TRUE(same_user(must(users().find_user(user.user.id)).value(), user));
  EXPECT_EQ(must(epochs().user_epoch(user.user.id)), 0);
  EXPECT_TRUE(exists(session.id));
  const SetPassword unknown{.user = next_user(), .new_hash = "new", .expected_hash = ""};
  EXPECT_EQ(must(users().set_password(unknown)).status, SetPasswordStatus::gone);
}

TEST_P(StoreSuite, OfManyChangesOfOnePasswordOneWins) {
  const StoredUser user = make_user("ada");
  ASSERT_TRUE(must(users().add_user(user)));
  std::atomic<int> changed{0};
  run_parallel(8, [&](int thread) {
    const SetPassword change{.user = user.user.id,
                             .new_hash = "new-" + std::to_string(thread),
                             .expected_hash = user.password_hash};
    const SetPasswordStatus status = must(users().set_password(change)).status;
    changed += status == SetPasswordStatus::changed ? 1 : 0;
    EXPECT_NE(status, SetPasswordStatus::gone);
  });
  EXPECT_EQ(changed, 1);
  EXPECT_EQ(must(epochs().user_epoch(user.user.id)), 1);
}

TEST_P(StoreSuite, OfManySignUpsWithOneNameOneWins) {
  std::vector<StoredUser> candidates;
  for (int i = 0; i < 8; ++i) candidates.push_back(make_user("ada"));
  std::atomic<int> added{0};
  run_parallel(8, [&](int thread) {
    added += must(users().add_user(candidates[static_cast<std::size_t>(thread)])) ? 1 : 0;
  });
  EXPECT_EQ(added, 1);
}

TEST_P(StoreSuite, UpgradeHashEndsNoSession) {
  const StoredUser user = make_user("ada");
  ASSERT_TRUE(must(users().add_user(user)));
  const SessionRecord session = add(user.user.id);
  EXPECT_TRUE(must(users().upgrade_hash(user.user.id, user.password_hash, "better")));
  EXPECT_FALSE(must(users().upgrade_hash(user.user.id, user.password_hash, "late")));
  EXPECT_FALSE(must(users().upgrade_hash(next_user(), "", "x")));
  EXPECT_EQ(must(users().find_user(user.user.id))->password_hash, "better");
  EXPECT_EQ(must(epochs().user_epoch(user.user.id)), 0);
  EXPECT_EQ(look_up(session.id).record, session);
}

TEST_P(StoreSuite, AttributesOfAUserChangeForWhoKnowsThem) {
  const StoredUser user = make_user("ada");
  ASSERT_TRUE(must(users().add_user(user)));
  const SessionRecord session = add(user.user.id);
  const std::string first = user.user.attributes;
  EXPECT_EQ(look_up(session.id, {.with_user = true}).user.value().attributes, first);
  EXPECT_TRUE(must(users().set_attributes(user.user.id, first, R"({"a":1})")));
  EXPECT_FALSE(must(users().set_attributes(user.user.id, first, R"({"late":1})")));
  EXPECT_EQ(look_up(session.id, {.with_user = true}).user.value().attributes, R"({"a":1})");
  EXPECT_EQ(must(users().find_user(user.user.id))->user.attributes, R"({"a":1})");
  EXPECT_TRUE(must(users().set_attributes(user.user.id, R"({"a":1})", "")));
  EXPECT_EQ(must(users().find_user(user.user.id))->user.attributes, "");
  EXPECT_TRUE(must(users().set_attributes(user.user.id, "", R"({"b":2})"))) << "from nothing";
  EXPECT_FALSE(must(users().set_attributes(next_user(), "", "{}"))) << "no such user";
  EXPECT_EQ(look_up(session.id).record, session) << "no session ends";
}

TEST_P(StoreSuite, OfManyChangesOfAttributesAtOnceOneWins) {
  const StoredUser user = make_user("ada");
  ASSERT_TRUE(must(users().add_user(user)));
  std::atomic<int> changed{0};
  run_parallel(8, [&](int thread) {
    const std::string own = "{\"thread\":" + std::to_string(thread) + "}";
    changed += must(users().set_attributes(user.user.id, user.user.attributes, own)) ? 1 : 0;
  });
  EXPECT_EQ(changed, 1);
}

TEST_P(StoreSuite, ADisabledUserIsSeenWithItsSessionsAtOnce) {
  const StoredUser user = make_user("ada");
  ASSERT_TRUE(must(users().add_user(user)));
  const SessionRecord session = add(user.user.id);
  for (const bool disabled : {true, false}) {
    EXPECT_NE(look_up(session.id, {.with_user = true}).user.value().disabled, disabled);
    EXPECT_TRUE(must(users().set_disabled(user.user.id, disabled)));
    EXPECT_EQ(look_up(session.id, {.with_user = true}).user.value().disabled, disabled);
    EXPECT_EQ(must(users().find_user(user.user.id))->user.disabled, disabled);
  }
  EXPECT_FALSE(must(users().set_disabled(next_user(), true)));
}

TEST_P(StoreSuite, DeletingAUserEndsItsSessionsAndFreesItsName) {
  const StoredUser user = make_user("ada");
  const StoredUser other = make_user("eve");
  ASSERT_TRUE(must(users().add_user(user)) && must(users().add_user(other)));
  const SessionRecord ended = add(user.user.id);
  const SessionRecord kept = add(other.user.id);
  const UnixTime now = kStart + Millis{4};
  const std::optional<Removed> removed = must(users().delete_user(user.user.id, now));
  ASSERT_TRUE(removed.has_value());
  EXPECT_EQ(removed->ids, std::vector{ended.id});
  EXPECT_EQ(removed->user_epoch, 1);
  EXPECT_FALSE(must(users().find_user(user.user.id)).has_value());
  EXPECT_FALSE(must(users().find_username("ada")).has_value());
  EXPECT_EQ(look_up(ended.id).tombstone,
            (Tombstone{ended.id, ended.secret_hash, EndReason::revoked, now}));
  EXPECT_TRUE(exists(kept.id));
  EXPECT_EQ(must(epochs().user_epoch(user.user.id)), 1) << "it outlives the user";
  EXPECT_EQ(
      must(sessions().insert(make_record(user.user.id), {.now = now, .user_epoch = 0})).status,
      InsertStatus::user_changed)
      << "a login under way";
  const StoredUser again = make_user("ada");
  EXPECT_TRUE(must(users().add_user(again)));
  EXPECT_TRUE(same_user(must(users().find_username("ada")).value(), again));
}

TEST_P(StoreSuite, DeletingNobodyChangesNothing) {
  const UserId nobody = next_user();
  const SessionRecord session = add(nobody);
  EXPECT_FALSE(must(users().delete_user(nobody, kStart)).has_value());
  EXPECT_TRUE(exists(session.id));
  EXPECT_EQ(must(epochs().user_epoch(nobody)), 0);
}

TEST_P(StoreSuite, OfManyDeletionsOfOneUserOneWins) {
  const StoredUser user = make_user("ada");
  ASSERT_TRUE(must(users().add_user(user)));
  const SessionRecord session = add(user.user.id);
  std::atomic<int> deleted{0};
  run_parallel(8, [&](int) {
    deleted += must(users().delete_user(user.user.id, kStart)).has_value() ? 1 : 0;
  });
  EXPECT_EQ(deleted, 1);
  EXPECT_EQ(must(epochs().user_epoch(user.user.id)), 1);
  EXPECT_FALSE(exists(session.id));
}

// Whichever comes first: a log-in that read the epoch before leaves no session of nobody.
TEST_P(StoreSuite, NoLogInUnderWayOutlivesTheDeletionOfItsUser) {
  for (int round = 0; round < trials(10, 100); ++round) {
    const StoredUser user = make_user("ada");
    ASSERT_TRUE(must(users().add_user(user)));
    std::vector<SessionRecord> records;
    for (int i = 0; i < 3; ++i) records.push_back(make_record(user.user.id));
    run_parallel(4, [&](int thread) {
      if (thread == 3) {
        EXPECT_TRUE(must(users().delete_user(user.user.id, kStart)).has_value());
        return;
      }
      must(sessions().insert(records[static_cast<std::size_t>(thread)],
                             {.now = kStart, .user_epoch = 0}));
    });
    EXPECT_TRUE(live(user.user.id, kStart).empty());
  }
}

// A change of password and a deletion take the same locks.
TEST_P(StoreSuite, ADeletionAndAChangeOfPasswordDoNotHinderEachOther) {
  for (int round = 0; round < trials(5, 50); ++round) {
    const StoredUser user = make_user("ada");
    ASSERT_TRUE(must(users().add_user(user)));
    add(user.user.id);
    run_parallel(4, [&](int thread) {
      if (thread == 0) {
        EXPECT_TRUE(must(users().delete_user(user.user.id, kStart)).has_value());
        return;
      }
      const SetPassword change{.user = user.user.id,
                               .new_hash = "new-" + std::to_string(thread),
                               .expected_hash = user.password_hash,
                               .now = kStart};
      must(users().set_password(change));
    });
    EXPECT_FALSE(must(users().find_user(user.user.id)).has_value());
    EXPECT_TRUE(live(user.user.id, kStart).empty());
  }
}

TEST_P(StoreSuite, UsersAreListedPageByPage) {
  std::map<std::string, StoredUser> added;
  for (const char* name : {"mallory", "ada", "\xc3\xa9mile", "bob", "Zoe", "eve", "carol"}) {
    StoredUser user = make_user(name);
    user.user.attributes = R"({"a":1})";
    user.user.disabled = user.username_key == "bob";
    ASSERT_TRUE(must(users().add_user(user)));
    added.emplace(name, user);
  }
  must(users().delete_user(added.at("eve").user.id, kStart));
  added.erase("eve");
  for (const std::size_t limit :
       {std::size_t{1}, std::size_t{2}, std::size_t{3}, std::size_t{6}, std::size_t{1000}}) {
    std::map<std::string, StoredUser> seen;
    std::string after;
    do {
      const UserPage page = must(users().list_users(after, limit));
      for (const StoredUser& user : page.users) seen.emplace(user.username_key, user);
      ASSERT_TRUE(page.next.empty() || page.next != after) << "a page points at itself";
      after = page.next;
    } while (!after.empty());
    ASSERT_EQ(seen.size(), added.size()) << "pages of " << limit;
    for (const auto& [name, user] : added) EXPECT_TRUE(same_user(seen[name], user)) << name;
  }
  EXPECT_EQ(users().list_users("", 0).error().code, Errc::invalid_argument);
  EXPECT_EQ(users().list_users("", 1001).error().code, Errc::invalid_argument);
}

TEST_P(StoreSuite, EpochsNeedNoUserRow) {
  const UserId foreign = next_user();  // a user whom only the application knows
  ASSERT_EQ(must(sessions().remove_user(foreign, {.now = kStart, .bump_epoch = true})).user_epoch,
            1);
  EXPECT_EQ(must(epochs().user_epoch(foreign)), 1);
}

TEST_P(StoreSuite, MetaStaysAsItIs) {
  const StoreMeta meta = must(data().store().meta().meta());
  EXPECT_FALSE(meta.instance.empty());
  EXPECT_NE(meta.slot_key, (std::array<std::uint8_t, 32>{}));
  EXPECT_GT(meta.schema_version, 0);
  add(next_user());
  const StoreMeta again = must(data().store().meta().meta());
  EXPECT_EQ(again.instance, meta.instance);
  EXPECT_EQ(again.slot_key, meta.slot_key);
  EXPECT_TRUE(data().store().meta().check().has_value());
}

TEST_P(StoreSuite, NoTwoStoresAreTheSame) {
  const std::unique_ptr<StoreUnderTest> other = GetParam().make();
  const StoreMeta a = must(data().store().meta().meta());
  const StoreMeta b = must(other->store().meta().meta());
  EXPECT_NE(a.instance, b.instance);
  EXPECT_NE(a.slot_key, b.slot_key);
  const SessionRecord record = add(next_user());
  EXPECT_FALSE(must(other->store().sessions().find({&record.id, 1}, {})).at(0).record);
}

// A sink that was replaced or ended is not called any more: not even when its successor is told.
TEST_P(StoreSuite, WatchCanBeSetReplacedAndEnded) {
  const std::unique_ptr<Store> other = data().open_again();
  std::atomic<int> first{0};
  std::atomic<int> second{0};
  std::atomic<int> third{0};
  const auto end_elsewhere = [&] {
    const SessionRecord record = add(next_user());
    // A store may hear only of what it has read.
    EXPECT_TRUE(must(sessions().find({&record.id, 1}, {})).at(0).record);
    SessionStore& elsewhere = other != nullptr ? other->sessions() : sessions();
    EXPECT_EQ(must(elsewhere.remove(std::span(&record.id, 1), EndReason::revoked, kStart)), 1U);
  };
  const std::optional<Millis> delay = sessions().watch([&](const Invalidation&) { ++first; });
  const bool tells = delay && other != nullptr;
  // A channel may still be opening, so what it missed is done again.
  const auto is_told = [&](const std::atomic<int>& sink) {
    const auto late = std::chrono::steady_clock::now() + std::chrono::seconds{60};
    while (sink.load() == 0 && std::chrono::steady_clock::now() < late) {
      end_elsewhere();
      std::this_thread::sleep_for(Millis{1});
    }
    EXPECT_NE(sink.load(), 0) << "the watching store was not told of another's change";
  };
  if (tells) is_told(first);
  const std::optional<Millis> again = sessions().watch([&](const Invalidation&) { ++second; });
  EXPECT_EQ(delay, again) << "the bound belongs to the store, not to the sink";
  const int first_before = first;
  if (tells) is_told(second);
  sessions().watch(nullptr);
  const int second_before = second;
  end_elsewhere();
  sessions().watch([&](const Invalidation&) { ++third; });
  if (tells) is_told(third);
  sessions().watch(nullptr);
  EXPECT_EQ(first.load(), first_before) << "the replaced sink was called";
  EXPECT_EQ(second.load(), second_before) << "the ended sink was called";
}

}  // namespace latchkey::testing
