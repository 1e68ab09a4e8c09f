#pragma once

#include "latchkey/testing/store_fixture.h"

// Conformance: touch, replace and remove.
namespace latchkey::testing {

TEST_P(StoreSuite, TouchMovesTheTwoTimesAndNothingElse) {
  SessionRecord record = add(next_user());
  const UnixTime seen = kStart + std::chrono::hours{2};
  EXPECT_EQ(touch(record.id, seen, seen + kIdle), 1U);
  record.last_seen_at = seen;
  record.idle_expires_at = seen + kIdle;
  EXPECT_EQ(look_up(record.id).record, record) << "version included";
}

TEST_P(StoreSuite, TouchCountsTheRowsThatMoved) {
  const SessionRecord a = add(next_user());
  const SessionRecord b = add(next_user());
  const SessionRecord ended = add(next_user());
  ASSERT_EQ(remove(ended.id), 1U);
  const UnixTime seen = kStart + std::chrono::hours{1};
  const std::vector<Touch> touches = {{a.id, seen, seen + kIdle},
                                      {ended.id, seen, seen + kIdle},
                                      {next_id(), seen, seen + kIdle},
                                      {b.id, seen, seen + kIdle}};
  EXPECT_EQ(must(sessions().touch(touches)), 2U);
  EXPECT_EQ(must(sessions().touch(touches)), 0U) << "the same again moves nothing";
  EXPECT_EQ(must(sessions().touch({})), 0U);
}

TEST_P(StoreSuite, TouchNeverShortens) {
  const SessionRecord record = add(next_user());
  EXPECT_EQ(touch(record.id, kStart + Millis{5}, kStart + Millis{10}), 1U);
  const SessionRecord after = look_up(record.id).record.value();
  EXPECT_EQ(after.last_seen_at, kStart + Millis{5});
  EXPECT_EQ(after.idle_expires_at, record.idle_expires_at);
}

TEST_P(StoreSuite, TouchTakesEachTimeForItself) {
  const SessionRecord record = add(next_user());
  EXPECT_EQ(touch(record.id, kStart - std::chrono::hours{1}, kStart + kIdle + Millis{7}), 1U);
  const SessionRecord after = look_up(record.id).record.value();
  EXPECT_EQ(after.last_seen_at, kStart);
  EXPECT_EQ(after.idle_expires_at, kStart + kIdle + Millis{7});
}

TEST_P(StoreSuite, AClockThatGoesBackMovesNothingBack) {
  const SessionRecord record = add(next_user());
  const UnixTime seen = kStart + std::chrono::hours{3};
  ASSERT_EQ(touch(record.id, seen, seen + kIdle), 1U);
  const SessionRecord before = look_up(record.id).record.value();
  const UnixTime earlier = kStart - std::chrono::hours{1};
  EXPECT_EQ(touch(record.id, earlier, earlier + kIdle), 0U);
  EXPECT_EQ(look_up(record.id).record, before);
  SessionRecord old = record;
  old.attributes = "{}";
  ASSERT_EQ(must(sessions().replace(old, 1, earlier)), ReplaceStatus::replaced);
  const SessionRecord after = look_up(record.id).record.value();
  EXPECT_EQ(after.last_seen_at, before.last_seen_at);
  EXPECT_EQ(after.idle_expires_at, before.idle_expires_at);
}

TEST_P(StoreSuite, TouchNeverPassesTheAbsoluteDeadline) {
  const SessionRecord record = add(next_user());
  UnixTime seen = kStart;
  while (seen + kIdle < record.absolute_expires_at) {
    seen += kIdle / 2;
    ASSERT_EQ(touch(record.id, seen, seen + kIdle), 1U);
  }
  seen += kIdle / 2;
  ASSERT_EQ(touch(record.id, seen, seen + kIdle), 1U);
  EXPECT_EQ(look_up(record.id).record->last_seen_at, seen);
  EXPECT_EQ(look_up(record.id).record->idle_expires_at, record.absolute_expires_at);
  EXPECT_EQ(look_up(record.id).record->absolute_expires_at, record.absolute_expires_at);
}

TEST_P(StoreSuite, TouchNeverRevivesFromTheDeadlineOn) {
  const SessionRecord alive = add(next_user());
  const UnixTime last = alive.idle_expires_at - Millis{1};
  EXPECT_EQ(touch(alive.id, last, last + kIdle), 1U) << "one millisecond before";

  const SessionRecord dead = add(next_user());
  for (const Millis late : {Millis{0}, Millis{1}, Millis{kAbsolute}}) {
    const UnixTime seen = dead.idle_expires_at + late;
    EXPECT_EQ(touch(dead.id, seen, seen + kIdle), 0U);
    EXPECT_EQ(look_up(dead.id).record, dead);
  }
}

TEST_P(StoreSuite, TouchNeverRevivesPastTheAbsoluteDeadline) {
  SessionRecord record = make_record(next_user());
  record.absolute_expires_at = record.idle_expires_at;
  ASSERT_EQ(must(sessions().insert(record, {.now = kStart})).status, InsertStatus::inserted);
  const UnixTime seen = record.absolute_expires_at;
  EXPECT_EQ(touch(record.id, seen, seen + kIdle), 0U);
  EXPECT_EQ(look_up(record.id).record, record);
}

TEST_P(StoreSuite, TouchNeverCreates) {
  const SessionId unknown = next_id();
  EXPECT_EQ(touch(unknown, kStart, kStart + kIdle), 0U);
  const Found found = look_up(unknown);
  EXPECT_FALSE(found.record || found.tombstone);
}

TEST_P(StoreSuite, NothingRevivesARemovedSession) {
  SessionRecord record = add(next_user());
  ASSERT_EQ(remove(record.id, kStart + Millis{1}), 1U);
  EXPECT_EQ(touch(record.id, kStart + Millis{2}, kStart + kIdle), 0U);
  EXPECT_EQ(must(sessions().replace(record, 1, kStart)), ReplaceStatus::gone);
  EXPECT_EQ(must(sessions().insert(record, {.now = kStart})).status, InsertStatus::id_taken);
  EXPECT_FALSE(exists(record.id));
  EXPECT_TRUE(live(record.user_id, kStart).empty());
}

TEST_P(StoreSuite, ReplaceStoresTheRecordWithTheNextVersion) {
  SessionRecord record = add(next_user());
  record.secret_hash.bytes.fill(0x42);
  record.authenticated_at = kStart + Millis{3};
  record.last_seen_at = kStart + Millis{4};
  record.idle_expires_at = record.idle_expires_at + Millis{5};
  record.absolute_expires_at = record.absolute_expires_at + Millis{6};
  record.idle = kIdle * 2;
  record.level = 2;
  record.persistent = false;
  record.user_agent = "other";
  record.address = "2001:db8::1";
  record.attributes = R"({"theme":"light"})";
  record.previous = PreviousSecret{.sealed_secret = "sealed", .until = kStart + Millis{9}};
  record.binding = std::string("\0key", 4);
  ASSERT_EQ(must(sessions().replace(record, 1, kStart)), ReplaceStatus::replaced);
  record.version = 2;
  EXPECT_EQ(look_up(record.id).record, record);
  record.previous.reset();
  record.binding.clear();
  ASSERT_EQ(must(sessions().replace(record, 2, kStart)), ReplaceStatus::replaced);
  record.version = 3;
  EXPECT_EQ(look_up(record.id).record, record);
}

TEST_P(StoreSuite, ReplaceConflictsWithAnyOtherVersion) {
  SessionRecord record = add(next_user());
  ASSERT_EQ(must(sessions().replace(record, 1, kStart)), ReplaceStatus::replaced);
  const SessionRecord before = look_up(record.id).record.value();
  record.attributes = "{}";
  for (const std::int64_t version : {0, 1, 3}) {
    record.version = 2;  // only expected_version counts
    EXPECT_EQ(must(sessions().replace(record, version, kStart)), ReplaceStatus::conflict);
  }
  EXPECT_EQ(look_up(record.id).record, before);
}

TEST_P(StoreSuite, ReplaceNeverCreates) {
  const SessionRecord unknown = make_record(next_user());
  EXPECT_EQ(must(sessions().replace(unknown, 1, kStart)), ReplaceStatus::gone);
  EXPECT_FALSE(exists(unknown.id));
}

TEST_P(StoreSuite, ReplaceNeverRevivesFromTheDeadlineOn) {
  const SessionRecord record = add(next_user());
  SessionRecord longer = record;
  longer.idle_expires_at = record.absolute_expires_at;
  for (const Millis late : {Millis{0}, Millis{1}, Millis{kAbsolute}}) {
    EXPECT_EQ(must(sessions().replace(longer, 1, record.idle_expires_at + late)),
              ReplaceStatus::gone);
  }
  EXPECT_EQ(look_up(record.id).record, record);
  EXPECT_EQ(must(sessions().replace(longer, 1, record.idle_expires_at - Millis{1})),
            ReplaceStatus::replaced);
}

TEST_P(StoreSuite, ReplaceNeverMovesATimeBack) {
  const SessionRecord record = add(next_user());
  SessionRecord shorter = record;
  shorter.last_seen_at = kStart - Millis{1};
  shorter.idle_expires_at = kStart + Millis{1};
  shorter.absolute_expires_at = kStart + Millis{2};
  ASSERT_EQ(must(sessions().replace(shorter, 1, kStart)), ReplaceStatus::replaced);
  const SessionRecord after = look_up(record.id).record.value();
  EXPECT_EQ(after.last_seen_at, record.last_seen_at);
  EXPECT_EQ(after.idle_expires_at, record.idle_expires_at);
  EXPECT_EQ(after.absolute_expires_at, record.absolute_expires_at);
}

TEST_P(StoreSuite, ReplaceKeepsATouchThatRanInBetween) {
  const SessionRecord read = add(next_user());
  const UnixTime seen = kStart + std::chrono::hours{1};
  ASSERT_EQ(touch(read.id, seen, seen + kIdle), 1U);
  SessionRecord changed = read;
  changed.attributes = R"({"n":1})";
  ASSERT_EQ(must(sessions().replace(changed, 1, seen)), ReplaceStatus::replaced);
  const SessionRecord after = look_up(read.id).record.value();
  EXPECT_EQ(after.attributes, changed.attributes);
  EXPECT_EQ(after.last_seen_at, seen);
  EXPECT_EQ(after.idle_expires_at, seen + kIdle);
}

TEST_P(StoreSuite, ReplaceMayNotChangeWhoseSessionItIs) {
  const SessionRecord record = add(next_user());
  SessionRecord stolen = record;
  stolen.user_id = next_user();
  SessionRecord younger = record;
  younger.created_at = kStart + Millis{1};
  for (const SessionRecord& wrong : {stolen, younger}) {
    const auto refused = sessions().replace(wrong, 1, kStart);
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, Errc::invalid_argument);
  }
  EXPECT_EQ(look_up(record.id).record, record);
  EXPECT_TRUE(live(stolen.user_id, kStart).empty());
}

TEST_P(StoreSuite, RemoveLeavesATombstone) {
  const SessionRecord record = add(next_user());
  const std::vector ids = {record.id};
  const UnixTime ended = kStart + Millis{77};
  EXPECT_EQ(must(sessions().remove(ids, EndReason::replaced, ended)), 1U);
  const Found found = look_up(record.id);
  EXPECT_FALSE(found.record.has_value());
  EXPECT_EQ(found.tombstone,
            (Tombstone{record.id, record.secret_hash, EndReason::replaced, ended}));
}

TEST_P(StoreSuite, RemovingAgainChangesNothing) {
  const SessionRecord record = add(next_user());
  ASSERT_EQ(remove(record.id, kStart), 1U);
  const Found before = look_up(record.id);
  const std::vector ids = {record.id};
  EXPECT_EQ(must(sessions().remove(ids, EndReason::revoked, kStart + Millis{9})), 0U);
  EXPECT_EQ(look_up(record.id).tombstone, before.tombstone) << "the first reason stays";
}

TEST_P(StoreSuite, RemoveCountsTheSessionsThatExisted) {
  const SessionRecord a = add(next_user());
  const SessionRecord b = add(next_user());
  const SessionRecord kept = add(next_user());
  const SessionId unknown = next_id();
  const std::vector ids = {a.id, unknown, b.id, a.id};
  EXPECT_EQ(must(sessions().remove(ids, EndReason::logout, kStart)), 2U);
  EXPECT_TRUE(exists(kept.id));
  EXPECT_FALSE(look_up(unknown).tombstone.has_value()) << "a tombstone only for what existed";
  EXPECT_EQ(must(sessions().remove({}, EndReason::logout, kStart)), 0U);
}

TEST_P(StoreSuite, RemoveTakesManyIds) {
  std::vector<SessionId> ids;
  for (int i = 0; i < 150; ++i) ids.push_back(add(UserId{}).id);
  EXPECT_EQ(must(sessions().remove(ids, EndReason::revoked, kStart)), 150U);
  for (const SessionId& id : ids) EXPECT_TRUE(look_up(id).tombstone.has_value());
}

}  // namespace latchkey::testing
