#pragma once

#include "latchkey/testing/store_fixture.h"

// Conformance: denials and the key ring.
namespace latchkey::testing {

inline Key make_stored_key(std::string_view id, KeyState state, std::uint8_t fill) {
  SecretBytes secret(32);
  for (std::uint8_t& byte : secret.mutable_bytes()) byte = fill++;
  return {std::string{id}, state, std::move(secret), kStart, kStart + kIdle};
}

inline void expect_same_key(const Key& a, const Key& b) {
  EXPECT_EQ(a.id, b.id);
  EXPECT_EQ(a.state, b.state);
  EXPECT_TRUE(equal_ct(a.secret.bytes(), b.secret.bytes()));
  EXPECT_EQ(a.created_at, b.created_at);
  EXPECT_EQ(a.activates_at, b.activates_at);
}

TEST_P(StoreSuite, StandingKnowsDenialEpochAndUserAtOnce) {
  const StoredUser user = make_user("ada");
  ASSERT_TRUE(must(users().add_user(user)));
  const std::string key{next_id().text()};
  Standing standing = must(denials().standing(key, user.user.id));
  EXPECT_FALSE(standing.denied);
  EXPECT_EQ(standing.user_epoch, 0);
  EXPECT_EQ(standing.user, user.user);

  const Denial denial{key, kStart + kIdle};
  EXPECT_EQ(must(denials().deny({&denial, 1})), 1U);
  must(sessions().remove_user(user.user.id, {.now = kStart, .bump_epoch = true}));
  EXPECT_TRUE(must(users().set_disabled(user.user.id, true)));
  standing = must(denials().standing(key, user.user.id));
  EXPECT_TRUE(standing.denied);
  EXPECT_EQ(standing.user_epoch, 1);
  EXPECT_TRUE(standing.user.value().disabled);
  EXPECT_FALSE(must(denials().standing(next_id().text(), user.user.id)).denied);
}

TEST_P(StoreSuite, StandingOfGuestsAndForeignUsersNeedsNoRow) {
  const Standing guest = must(denials().standing(next_id().text(), UserId{}));
  EXPECT_FALSE(guest.denied);
  EXPECT_EQ(guest.user_epoch, 0);
  EXPECT_FALSE(guest.user.has_value());
  const UserId foreign = next_user();
  must(sessions().remove_user(foreign, {.now = kStart, .bump_epoch = true}));
  const Standing standing = must(denials().standing(next_id().text(), foreign));
  EXPECT_EQ(standing.user_epoch, 1);
  EXPECT_FALSE(standing.user.has_value());
}

TEST_P(StoreSuite, ADenialIsNewOnceAndOfTwoTheLaterCounts) {
  const std::string foreign = "sha256:k4tGZcIbm9qRfWdvFMuHd0F1rgDg3BYJxM5tBQ0Lw3E";
  const std::vector<Denial> first{{foreign, kStart + Millis{100}},
                                  {std::string(128, '~'), kStart + Millis{50}}};
  EXPECT_EQ(must(denials().deny(first)), 2U);
  const Denial later{foreign, kStart + Millis{200}};
  EXPECT_EQ(must(denials().deny({&later, 1})), 0U);
  const Denial earlier{foreign, kStart + Millis{1}};
  EXPECT_EQ(must(denials().deny({&earlier, 1})), 0U);
  EXPECT_EQ(must(denials().prune_denials(kStart + Millis{199}, 10)), 1U);
  EXPECT_TRUE(must(denials().standing(foreign, {})).denied);
  EXPECT_EQ(must(denials().prune_denials(kStart + Millis{200}, 10)), 1U);
  EXPECT_FALSE(must(denials().standing(foreign, {})).denied);
  EXPECT_EQ(must(denials().deny({})), 0U);
}

TEST_P(StoreSuite, DenialsAreCheckedBeforeAnyIsWritten) {
  for (const std::string& bad : {std::string{}, std::string(129, 'x'), std::string{"a b"},
                                 std::string{"a\n"}, std::string{"\xc3\xa9"}}) {
    const std::vector<Denial> denials_given{{"fine", kStart}, {bad, kStart}};
    const auto outcome = denials().deny(denials_given);
    ASSERT_FALSE(outcome);
    EXPECT_EQ(outcome.error().code, Errc::invalid_argument);
    EXPECT_FALSE(must(denials().standing("fine", {})).denied);
  }
}

TEST_P(StoreSuite, PruneDenialsGoesInBatches) {
  std::vector<Denial> given;
  for (int i = 0; i < 25; ++i) given.push_back({std::string{next_id().text()}, kStart});
  EXPECT_EQ(must(denials().deny(given)), 25U);
  EXPECT_EQ(must(denials().prune_denials(kStart - Millis{1}, 10)), 0U);
  EXPECT_EQ(must(denials().prune_denials(kStart, 10)), 10U);
  EXPECT_EQ(must(denials().prune_denials(kStart, 10)), 10U);
  EXPECT_EQ(must(denials().prune_denials(kStart, 10)), 5U);
}

TEST_P(StoreSuite, OfManyDenialsOfOneKeyOneIsNew) {
  for (int trial = 0; trial < trials(20, 500); ++trial) {
    const Denial denial{std::string{next_id().text()}, kStart + kIdle};
    std::atomic<std::size_t> added{0};
    run_parallel(4, [&](int) { added += must(denials().deny({&denial, 1})); });
    EXPECT_EQ(added, 1U);
  }
}

TEST_P(StoreSuite, ADenialIsSeenThroughEveryHandleAtOnce) {
  const std::unique_ptr<Store> other = data().open_again();
  if (other == nullptr) GTEST_SKIP() << "the data cannot be shared";
  const UserId user = next_user();
  const Denial denial{std::string{next_id().text()}, kStart + kIdle};
  EXPECT_FALSE(must(other->denials().standing(denial.key, user)).denied);
  must(denials().deny({&denial, 1}));
  EXPECT_TRUE(must(other->denials().standing(denial.key, user)).denied);
  must(sessions().remove_user(user, {.now = kStart, .bump_epoch = true}));
  EXPECT_EQ(must(other->denials().standing(denial.key, user)).user_epoch, 1);
}

TEST_P(StoreSuite, AKeyRingIsKeptInOrderAndReplacedWhole) {
  EXPECT_EQ(must(keys().keys()).version, 0);
  std::vector<Key> ring;
  ring.push_back(make_stored_key("zebra", KeyState::next, 1));
  ring.push_back(make_stored_key("a-1_B", KeyState::primary, 50));
  ring.push_back(make_stored_key("middle", KeyState::read_only, 200));
  ring.push_back(Key{"old", KeyState::gone, {}, kStart, kStart});
  ASSERT_TRUE(must(keys().put_keys(ring, 0)));
  const StoredKeys stored = must(keys().keys());
  EXPECT_EQ(stored.version, 1);
  ASSERT_EQ(stored.keys.size(), ring.size());
  for (std::size_t i = 0; i < ring.size(); ++i) expect_same_key(stored.keys[i], ring[i]);

  const std::span<const Key> second = std::span<const Key>(ring).subspan(1, 1);
  EXPECT_FALSE(must(keys().put_keys(second, 0))) << "the ring moved on";
  EXPECT_EQ(must(keys().keys()).keys.size(), ring.size());
  EXPECT_TRUE(must(keys().put_keys(second, 1)));
  const StoredKeys after = must(keys().keys());
  EXPECT_EQ(after.version, 2);
  ASSERT_EQ(after.keys.size(), 1U);
  expect_same_key(after.keys[0], ring[1]);
}

TEST_P(StoreSuite, OfManyChangesOfOneKeyRingOneWins) {
  for (int trial = 0; trial < trials(10, 200); ++trial) {
    std::atomic<int> won{0};
    run_parallel(4, [&](int thread) {
      const Key key = make_stored_key("k" + std::to_string(thread), KeyState::primary, 1);
      won += must(keys().put_keys({&key, 1}, trial)) ? 1 : 0;
    });
    EXPECT_EQ(won, 1);
    EXPECT_EQ(must(keys().keys()).keys.size(), 1U);
  }
}

}  // namespace latchkey::testing
