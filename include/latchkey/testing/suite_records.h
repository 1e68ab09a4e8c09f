#pragma once

#include "latchkey/testing/store_fixture.h"

// Conformance: insert, find, and that what is stored comes back.
namespace latchkey::testing {

TEST_P(StoreSuite, InsertRefusesAnIdThatALiveSessionHas) {
  const SessionRecord first = add(next_user());
  SessionRecord second = make_record(data().takes_any_id() ? next_user() : first.user_id);
  second.id = first.id;
  EXPECT_EQ(must(sessions().insert(second, {.now = kStart})).status, InsertStatus::id_taken);
  EXPECT_EQ(look_up(first.id).record, first);
  EXPECT_EQ(live(second.user_id, kStart).size(), second.user_id == first.user_id ? 1U : 0U);
}

TEST_P(StoreSuite, InsertRefusesAnIdThatAnExpiredSessionHas) {
  const SessionRecord first = add(next_user());
  SessionRecord second = make_record(first.user_id, kStart + kAbsolute);
  second.id = first.id;
  EXPECT_EQ(must(sessions().insert(second, {.now = kStart + kAbsolute})).status,
            InsertStatus::id_taken);
  EXPECT_EQ(look_up(first.id).record, first);
}

TEST_P(StoreSuite, InsertRefusesAnIdThatATombstoneHas) {
  const SessionRecord first = add(next_user());
  ASSERT_EQ(remove(first.id), 1U);
  EXPECT_EQ(must(sessions().insert(first, {.now = kStart})).status, InsertStatus::id_taken);
  EXPECT_FALSE(exists(first.id));
}

TEST_P(StoreSuite, ARefusedInsertEvictsNobody) {
  const UserId user = next_user();
  const SessionRecord old = add(user);
  const SessionRecord again = old;
  const auto outcome = must(sessions().insert(again, {.now = kStart, .max_per_user = 1}));
  EXPECT_EQ(outcome.status, InsertStatus::id_taken);
  EXPECT_TRUE(outcome.evicted.empty());
  const auto changed = must(
      sessions().insert(make_record(user), {.now = kStart, .max_per_user = 1, .user_epoch = 7}));
  EXPECT_EQ(changed.status, InsertStatus::user_changed);
  EXPECT_TRUE(changed.evicted.empty());
  EXPECT_TRUE(exists(old.id));
}

TEST_P(StoreSuite, ARecordComesBackAsItWasStored) {
  SessionRecord record = make_record(next_user());
  record.authenticated_at = kStart - std::chrono::hours{3};
  record.last_seen_at = kStart + Millis{1};
  record.level = 3;
  record.persistent = false;
  record.version = 41;
  record.previous = PreviousSecret{};
  record.previous->hash.bytes.fill(0xee);
  record.previous->sealed_secret = std::string(kMaxSealedSecretBytes, 's');
  record.previous->until = kStart + std::chrono::seconds{60};
  record.binding = std::string(kMaxBindingBytes, 'b');
  ASSERT_EQ(must(sessions().insert(record, {.now = kStart})).status, InsertStatus::inserted);
  EXPECT_EQ(look_up(record.id).record, record);
}

TEST_P(StoreSuite, ARecordWithEmptyPartsComesBackAsItWasStored) {
  SessionRecord record = make_record(UserId{});
  record.idle = Millis{0};
  record.idle_expires_at = kNever;
  record.absolute_expires_at = kNever;
  record.user_agent.clear();
  record.address.clear();
  record.attributes.clear();
  ASSERT_EQ(must(sessions().insert(record, {.now = kStart})).status, InsertStatus::inserted);
  EXPECT_EQ(look_up(record.id).record, record);
}

TEST_P(StoreSuite, AnAdoptedIdIsAnIdLikeAnyOther) {
  SessionRecord record = make_record(next_user());
  record.id = SessionId::parse("lko_0123456789abcdefghijABCDEFG").value();
  if (!data().takes_any_id()) {
    EXPECT_EQ(sessions().insert(record, {.now = kStart}).error().code, Errc::invalid_argument);
    EXPECT_FALSE(exists(record.id));
    return;
  }
  ASSERT_EQ(must(sessions().insert(record, {.now = kStart})).status, InsertStatus::inserted);
  EXPECT_EQ(look_up(record.id).record, record);
  EXPECT_EQ(remove(record.id), 1U);
  EXPECT_TRUE(look_up(record.id).tombstone.has_value());
}

TEST_P(StoreSuite, AttributesMayHaveEightKibibytes) {
  SessionRecord record = make_record(next_user());
  record.attributes = R"({"a":")" + std::string(kMaxAttributesBytes - 8, 'x') + R"("})";
  ASSERT_EQ(record.attributes.size(), kMaxAttributesBytes);
  record.user_agent = std::string(kMaxUserAgentBytes, 'u');
  record.address = std::string(kMaxAddressBytes, '1');
  ASSERT_EQ(must(sessions().insert(record, {.now = kStart})).status, InsertStatus::inserted);
  EXPECT_EQ(look_up(record.id).record, record);
  record.attributes[6] = 'y';
  ASSERT_EQ(must(sessions().replace(record, 1, kStart)), ReplaceStatus::replaced);
  EXPECT_EQ(look_up(record.id).record->attributes, record.attributes);
}

TEST_P(StoreSuite, OddTextIsOnlyText) {
  const std::vector<std::string> texts = {
      "o'brien\"; DROP TABLE latchkey_sessions; --",
      "%s%n \\ \\0 \\x00 ${x} `x` {{x}} <b>&amp;</b>",
      "J\xc3\xb6rg \xe2\x9c\x93 \xf0\x9f\x94\x91 \xe2\x80\xae rtl",
      "e\xcc\x81 \xef\xbb\xbf \xef\xbf\xbf \xf4\x8f\xbf\xbf",
      "_ % * ? [a-z] : . , | / NULL null 0 -1 1e9 0x41",
      std::string(255, '\''),
      "  blanks  around  ",
  };
  for (const std::string& text : texts) {
    SessionRecord record = make_record(UserId::parse(text).value());
    record.attributes = text;
    record.user_agent = text;
    record.address = text.substr(0, text.find(' ')).substr(0, kMaxAddressBytes);
    ASSERT_EQ(must(sessions().insert(record, {.now = kStart})).status, InsertStatus::inserted);
    EXPECT_EQ(look_up(record.id).record, record) << text;
    EXPECT_EQ(live(record.user_id, kStart), std::vector{record.id}) << text;
    EXPECT_EQ(must(sessions().remove_user(record.user_id, {.now = kStart})).ids,
              std::vector{record.id});
  }
}

TEST_P(StoreSuite, BytesAndLineBreaksAreKept) {
  SessionRecord record = make_record(next_user());
  record.attributes = "{\r\n\t\"a\":\"\x7f\"}";
  for (std::size_t i = 0; i < SecretHash::kBytes; ++i) {
    record.secret_hash.bytes[i] = static_cast<std::uint8_t>(i * 8 + (i & 1));
  }
  record.previous = PreviousSecret{.until = kStart};
  for (int i = 0; i < 128; ++i) record.previous->sealed_secret += static_cast<char>(i * 2 + 1);
  record.previous->sealed_secret[0] = '\0';
  for (int i = 0; i < 256; ++i) record.binding += static_cast<char>(i);
  ASSERT_EQ(must(sessions().insert(record, {.now = kStart})).status, InsertStatus::inserted);
  EXPECT_EQ(look_up(record.id).record, record);
}

TEST_P(StoreSuite, UserIdsAreComparedByteForByte) {
  const SessionRecord lower = add(UserId::parse("alice").value());
  const SessionRecord upper = add(UserId::parse("Alice").value());
  const SessionRecord blank = add(UserId::parse("alice ").value());
  EXPECT_EQ(live(lower.user_id, kStart), std::vector{lower.id});
  ASSERT_EQ(must(sessions().remove_user(lower.user_id, {.now = kStart})).ids.size(), 1U);
  EXPECT_TRUE(exists(upper.id));
  EXPECT_TRUE(exists(blank.id));
}

TEST_P(StoreSuite, FindAnswersInTheOrderAsked) {
  const SessionRecord a = add(next_user());
  const SessionRecord b = add(next_user());
  const SessionRecord ended = add(next_user());
  ASSERT_EQ(remove(ended.id), 1U);
  const std::vector ids = {b.id, next_id(), a.id, ended.id, b.id};
  const std::vector<Found> found = must(sessions().find(ids, {}));
  ASSERT_EQ(found.size(), 5U);
  EXPECT_EQ(found[0].record, b);
  EXPECT_FALSE(found[1].record || found[1].tombstone || found[1].user);
  EXPECT_EQ(found[2].record, a);
  EXPECT_FALSE(found[3].record.has_value());
  EXPECT_TRUE(found[3].tombstone.has_value());
  EXPECT_EQ(found[4].record, b) << "an id asked for twice is answered twice";
}

TEST_P(StoreSuite, FindOneAnswersAsFindDoes) {
  StoredUser user = make_user("one");
  ASSERT_TRUE(must(users().add_user(user)));
  const SessionRecord known = add(user.user.id);
  const SessionRecord ended = add(next_user());
  ASSERT_EQ(remove(ended.id), 1U);
  for (const SessionId& id : {known.id, ended.id, next_id(), known.id}) {
    for (const FindOptions options : {FindOptions{}, FindOptions{true, false}, {true, true}}) {
      const Found expected = must(sessions().find(std::span(&id, 1), options)).front();
      Found found;
      sessions().expect(id);
      ASSERT_TRUE(sessions().find_one(id, options, found));
      EXPECT_EQ(found.record, expected.record);
      EXPECT_EQ(found.tombstone, expected.tombstone);
      EXPECT_EQ(found.user, expected.user);
    }
  }
}

TEST_P(StoreSuite, FindTakesUpTo64Ids) {
  std::vector<SessionRecord> records;
  std::vector<SessionId> ids;
  for (int i = 0; i < 64; ++i) {
    records.push_back(add(next_user()));
    ids.insert(ids.begin(), records.back().id);
  }
  const std::vector<Found> found = must(sessions().find(ids, {}));
  ASSERT_EQ(found.size(), 64U);
  for (std::size_t i = 0; i < 64; ++i) EXPECT_EQ(found[i].record, records[63 - i]);

  EXPECT_TRUE(must(sessions().find({}, {})).empty());
  ids.push_back(next_id());
  const auto beyond = sessions().find(ids, {});
  ASSERT_FALSE(beyond);
  EXPECT_EQ(beyond.error().code, Errc::invalid_argument);
}

TEST_P(StoreSuite, FindBringsTheUserOnlyWhenAskedTo) {
  StoredUser user = make_user("ada");
  user.user.attributes = R"({"role":"admin"})";
  ASSERT_TRUE(must(users().add_user(user)));
  const SessionRecord known = add(user.user.id);
  const SessionRecord stranger = add(next_user());
  const SessionRecord guest = add(UserId{});
  EXPECT_FALSE(look_up(known.id).user.has_value());
  EXPECT_EQ(look_up(known.id, {.with_user = true}).user, user.user);
  EXPECT_EQ(look_up(known.id, {.with_user = true}).record, known);
  EXPECT_EQ(look_up(known.id, {.with_user = true, .fresh = true}).user, user.user);
  const Found unknown = look_up(stranger.id, {.with_user = true});
  EXPECT_EQ(unknown.record, stranger);
  EXPECT_FALSE(unknown.user.has_value());
  EXPECT_FALSE(look_up(guest.id, {.with_user = true}).user.has_value());
  ASSERT_EQ(remove(known.id), 1U);
  EXPECT_TRUE(look_up(known.id, {.with_user = true}).tombstone.has_value());
}

TEST_P(StoreSuite, AUserAddedLaterIsFoundWithASessionThatWasThere) {
  StoredUser user = make_user("late");
  const SessionRecord record = add(user.user.id);
  EXPECT_FALSE(look_up(record.id, {.with_user = true}).user.has_value());
  ASSERT_TRUE(must(users().add_user(user)));
  EXPECT_EQ(look_up(record.id, {.with_user = true}).user, user.user);
}

TEST_P(StoreSuite, AStoreJudgesNothingOnRead) {
  SessionRecord record = make_record(next_user(), kStart - std::chrono::days{400});
  ASSERT_EQ(must(sessions().insert(record, {.now = record.created_at})).status,
            InsertStatus::inserted);
  EXPECT_EQ(look_up(record.id).record, record) << "past its deadline, but neither pruned nor ended";
}

TEST_P(StoreSuite, TwoHandlesOnOneDataAgree) {
  const std::unique_ptr<Store> other = data().open_again();
  if (!other) GTEST_SKIP() << "this store cannot be opened twice";
  const auto see = [&](const SessionId& id) {
    return std::move(must(other->sessions().find({&id, 1}, {.fresh = true})).at(0));
  };
  const UserId user = next_user();
  const SessionRecord record = add(user);
  EXPECT_EQ(see(record.id).record, record);
  EXPECT_EQ(must(other->sessions().insert(record, {.now = kStart})).status, InsertStatus::id_taken);
  EXPECT_EQ(must(other->meta().meta()).instance, must(data().store().meta().meta()).instance);
  EXPECT_EQ(must(other->meta().meta()).slot_key, must(data().store().meta().meta()).slot_key);

  SessionRecord changed = record;
  changed.attributes = R"({"n":1})";
  ASSERT_EQ(must(other->sessions().replace(changed, 1, kStart)), ReplaceStatus::replaced);
  EXPECT_EQ(must(sessions().replace(changed, 1, kStart)), ReplaceStatus::conflict);
  EXPECT_EQ(look_up(record.id, {.fresh = true}).record->attributes, changed.attributes);

  const Removed removed =
      must(other->sessions().remove_user(user, {.now = kStart, .bump_epoch = true}));
  EXPECT_EQ(removed.ids, std::vector{record.id});
  EXPECT_EQ(touch(record.id, kStart + Millis{1}, kStart + kIdle + Millis{1}), 0U);
  EXPECT_FALSE(look_up(record.id, {.fresh = true}).record.has_value());
  EXPECT_EQ(must(epochs().user_epoch(user)), removed.user_epoch);
  EXPECT_EQ(must(sessions().insert(make_record(user), {.now = kStart, .user_epoch = 0})).status,
            InsertStatus::user_changed);
}

}  // namespace latchkey::testing
