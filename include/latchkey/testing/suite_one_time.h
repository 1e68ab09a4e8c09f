#pragma once

#include "latchkey/testing/store_fixture.h"

// Conformance: secrets that work once (R78, R79, R97).
namespace latchkey::testing {

TEST_P(StoreSuite, ASecretIsFoundUntilItIsTakenOnce) {
  OneTimeStore& store = data().store().one_time();
  OneTimeSecret secret = make_secret(1);
  secret.data = "two words, \xC3\xA9 and \"quotes\"\nin two lines";
  ASSERT_TRUE(store.put_secret(secret, 3));
  EXPECT_EQ(must(store.find_secret(secret.hash, "reset", kStart)), secret);
  EXPECT_EQ(must(store.find_secret(secret.hash, "reset", kStart)), secret) << "looking is free";
  EXPECT_EQ(must(store.take_secret(secret.hash, "reset", kStart)), secret);
  EXPECT_EQ(must(store.take_secret(secret.hash, "reset", kStart)), std::nullopt);
  EXPECT_EQ(must(store.find_secret(secret.hash, "reset", kStart)), std::nullopt);

  OneTimeSecret bare = make_secret(2);
  bare.data = "";
  ASSERT_TRUE(store.put_secret(bare, 3));
  EXPECT_EQ(must(store.take_secret(bare.hash, "reset", kStart)), bare);
}

TEST_P(StoreSuite, ASecretOpensOnePurposeUntilItExpires) {
  OneTimeStore& store = data().store().one_time();
  const OneTimeSecret secret = make_secret(1);
  ASSERT_TRUE(store.put_secret(secret, 3));
  const UnixTime end = secret.expires_at;
  for (const bool take : {false, true}) {
    const auto look = [&](const SecretHash& hash, std::string_view purpose, UnixTime now) {
      return must(take ? store.take_secret(hash, purpose, now)
                       : store.find_secret(hash, purpose, now));
    };
    EXPECT_EQ(look(secret.hash, "verify", kStart), std::nullopt);
    EXPECT_EQ(look(make_secret(2).hash, "reset", kStart), std::nullopt);
    EXPECT_EQ(look(secret.hash, "reset", end), std::nullopt);
    EXPECT_EQ(look(secret.hash, "reset", end + Millis{1}), std::nullopt);
  }
  EXPECT_EQ(must(store.take_secret(secret.hash, "reset", end - Millis{1})), secret)
      << "a try that failed uses nothing up";
}

TEST_P(StoreSuite, OfManyThatTakeASecretOneGetsIt) {
  const std::unique_ptr<Store> other = data().open_again();
  for (int trial = 0; trial < trials(5, 200); ++trial) {
    const OneTimeSecret secret = make_secret(100 + trial);
    ASSERT_TRUE(data().store().one_time().put_secret(secret, 16));
    std::atomic<int> taken{0};
    run_parallel(8, [&](int thread) {
      Store& store = other != nullptr && thread % 2 == 1 ? *other : data().store();
      const auto got = store.one_time().take_secret(secret.hash, "reset", kStart);
      if (got && *got == secret) ++taken;
    });
    EXPECT_EQ(taken, 1);
  }
}

TEST_P(StoreSuite, AUserKeepsTheNewestSecretsOfAPurpose) {
  OneTimeStore& store = data().store().one_time();
  for (int i = 0; i < 5; ++i) {
    ASSERT_TRUE(store.put_secret(make_secret(i, kStart + Millis{i}), 2));
  }
  OneTimeSecret verify = make_secret(10);
  verify.purpose = "verify";
  OneTimeSecret bob = make_secret(11);
  bob.user_id = UserId::parse("bob").value();
  ASSERT_TRUE(store.put_secret(verify, 1));
  ASSERT_TRUE(store.put_secret(bob, 1));
  for (int i = 0; i < 5; ++i) {
    EXPECT_EQ(must(store.find_secret(make_secret(i).hash, "reset", kStart)).has_value(), i >= 3)
        << i;
  }
  EXPECT_TRUE(must(store.find_secret(verify.hash, "verify", kStart)));
  EXPECT_TRUE(must(store.find_secret(bob.hash, "reset", kStart)));
  // The new one stays, though its clock is behind.
  ASSERT_TRUE(store.put_secret(make_secret(20, kStart - Millis{1}), 1));
  EXPECT_TRUE(must(store.find_secret(make_secret(20).hash, "reset", kStart)));
  EXPECT_FALSE(must(store.find_secret(make_secret(4).hash, "reset", kStart)));
}

TEST_P(StoreSuite, APutMayBeRepeatedButNoHashHasTwoOwners) {
  OneTimeStore& store = data().store().one_time();
  const OneTimeSecret secret = make_secret(1);
  ASSERT_TRUE(store.put_secret(secret, 1));
  ASSERT_TRUE(store.put_secret(secret, 1));
  OneTimeSecret other = secret;
  other.user_id = UserId::parse("bob").value();
  EXPECT_EQ(store.put_secret(other, 1).error().code, Errc::conflict);
  other = secret;
  other.purpose = "verify";
  EXPECT_EQ(store.put_secret(other, 1).error().code, Errc::conflict);
  EXPECT_EQ(must(store.take_secret(secret.hash, "reset", kStart)), secret);
}

TEST_P(StoreSuite, SecretsOfAUserEndByPurposeOrAllTogether) {
  OneTimeStore& store = data().store().one_time();
  const auto put = [&](int number, const char* user, const char* purpose) {
    OneTimeSecret secret = make_secret(number);
    secret.user_id = UserId::parse(user).value();
    secret.purpose = purpose;
    EXPECT_TRUE(store.put_secret(secret, 16));
  };
  put(1, "alice", "reset");
  put(2, "alice", "reset");
  put(3, "alice", "verify");
  put(4, "bob", "reset");
  const UserId alice = UserId::parse("alice").value();
  EXPECT_EQ(must(store.remove_secrets(alice, "reset")), 2U);
  EXPECT_EQ(must(store.take_secret(make_secret(1).hash, "reset", kStart)), std::nullopt);
  EXPECT_TRUE(must(store.find_secret(make_secret(3).hash, "verify", kStart)));
  put(5, "alice", "reset");
  EXPECT_EQ(must(store.remove_secrets(alice, "")), 2U);
  EXPECT_EQ(must(store.remove_secrets(alice, "")), 0U);
  EXPECT_FALSE(must(store.find_secret(make_secret(3).hash, "verify", kStart)));
  EXPECT_TRUE(must(store.find_secret(make_secret(4).hash, "reset", kStart)));
}

TEST_P(StoreSuite, SecretsAreCheckedBeforeAnythingIsKept) {
  OneTimeStore& store = data().store().one_time();
  const auto refused = [&](Errc code, auto change) {
    OneTimeSecret secret = make_secret(1);
    std::size_t most = 1;
    change(secret, most);
    const Result<void> put = store.put_secret(secret, most);
    ASSERT_FALSE(put);
    EXPECT_EQ(put.error().code, code);
  };
  using Secret = OneTimeSecret;
  refused(Errc::invalid_argument, [](Secret& s, auto&) { s.purpose = ""; });
  refused(Errc::invalid_argument, [](Secret& s, auto&) { s.purpose = "Reset"; });
  refused(Errc::invalid_argument, [](Secret& s, auto&) { s.purpose = std::string(33, 'a'); });
  refused(Errc::invalid_argument, [](Secret& s, auto&) { s.user_id = {}; });
  refused(Errc::invalid_argument, [](Secret& s, auto&) { s.expires_at = s.created_at; });
  refused(Errc::invalid_argument, [](Secret& s, auto&) { s.data = "\xff"; });
  refused(Errc::invalid_argument, [](Secret& s, auto&) { s.data = std::string(1, '\0'); });
  refused(Errc::too_large, [](Secret& s, auto&) { s.data = std::string(1025, 'a'); });
  refused(Errc::invalid_argument, [](Secret&, std::size_t& most) { most = 0; });
  refused(Errc::invalid_argument, [](Secret&, std::size_t& most) { most = 17; });
  const SecretHash hash = make_secret(1).hash;
  EXPECT_FALSE(must(store.find_secret(hash, "reset", kStart)));
  EXPECT_EQ(store.find_secret(hash, "", kStart).error().code, Errc::invalid_argument);
  EXPECT_EQ(store.take_secret(hash, "a b", kStart).error().code, Errc::invalid_argument);
  EXPECT_FALSE(store.remove_secrets(UserId::parse("alice").value(), "a b"));

  OneTimeSecret largest = make_secret(1);
  largest.purpose = std::string(32, 'a');
  largest.data = std::string(1024, 'a');
  largest.expires_at = kNever;
  ASSERT_TRUE(store.put_secret(largest, 16));
  EXPECT_EQ(must(store.take_secret(hash, largest.purpose, kStart)), largest);
}

TEST_P(StoreSuite, PruningSecretsTakesExpiredOnesOnly) {
  OneTimeStore& store = data().store().one_time();
  for (int i = 0; i < 12; ++i) {
    OneTimeSecret secret = make_secret(i);
    secret.user_id = next_user();
    ASSERT_TRUE(store.put_secret(secret, 1));
  }
  const OneTimeSecret young = make_secret(50, kStart + Millis{1});
  ASSERT_TRUE(store.put_secret(young, 1));
  const UnixTime end = kStart + kSecretLife;
  EXPECT_EQ(must(store.prune_secrets(end - Millis{1}, 10)), 0U);
  std::size_t gone = 0;
  for (std::size_t batch = 10; batch == 10;) {
    batch = must(store.prune_secrets(end, 10));
    EXPECT_LE(batch, 10U);
    gone += batch;
  }
  EXPECT_TRUE(gone == 12 || gone == 0) << gone;  // 0: the engine forgets them by itself
  EXPECT_EQ(must(store.take_secret(young.hash, "reset", end)), young);
}

}  // namespace latchkey::testing
