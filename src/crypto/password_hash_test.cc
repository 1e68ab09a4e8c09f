#include "crypto/password_hash.h"

#include <gtest/gtest.h>

namespace latchkey::crypto {
namespace {

constexpr Argon2Cost kCheap{64, 1, 1};

PasswordMatch check(std::string_view password, const std::string& phc) {
  const auto result = verify_password(password, phc);
  EXPECT_TRUE(result);
  return result ? *result : PasswordMatch::mismatch;
}

TEST(PasswordHash, R72IsArgon2idInPhcFormWithANewSaltEachTime) {
  const std::string a = *hash_password("correct horse battery", kCheap, system_entropy());
  const std::string b = *hash_password("correct horse battery", kCheap, system_entropy());
  EXPECT_TRUE(a.starts_with("$argon2id$v=19$m=64,t=1,p=1$"));
  EXPECT_NE(a, b);
  EXPECT_EQ(check("correct horse battery", a), PasswordMatch::match);
  EXPECT_EQ(check("correct horse battery ", a), PasswordMatch::mismatch);
}

TEST(PasswordHash, R68EveryByteCounts) {
  const std::string long_one(200, 'x');
  const std::string phc = *hash_password(long_one + "A", kCheap, system_entropy());
  EXPECT_EQ(check(long_one + "B", phc), PasswordMatch::mismatch);
  const std::string with_nul("abc\0def", 7);
  const std::string phc_nul = *hash_password(with_nul, kCheap, system_entropy());
  EXPECT_EQ(check(with_nul, phc_nul), PasswordMatch::match);
  EXPECT_EQ(check(std::string("abc\0deg", 7), phc_nul), PasswordMatch::mismatch);
  EXPECT_EQ(check("abc", phc_nul), PasswordMatch::mismatch);
}

// Made by the reference command line tool: echo -n password | argon2 somesaltsomesalt -id -k 64 -t
// 1 -p 1
TEST(PasswordHash, VerifiesAHashOfTheReferenceProgram) {
  const std::string phc =
      "$argon2id$v=19$m=64,t=1,p=1$c29tZXNhbHRzb21lc2FsdA$"
      "55PWTvddWPUD1GMbKxSff4ASfF85k9ibHJt4HlHQtBM";
  EXPECT_EQ(check("password", phc), PasswordMatch::match);
}

TEST(PasswordHash, R74AStoredHashThatAsksForTooMuchIsDamagedAndNotRun) {
  for (std::string phc :
       {"$argon2id$v=19$m=4194304,t=100,p=1$c29tZXNhbHQ$AAAA", "$argon2id$v=19$m=64,t=65,p=1$c2$AA",
        "$argon2id$v=19$m=64,t=1,p=65$c2$AA", "$argon2i$v=19$m=64,t=1,p=1$c29tZXNhbHQ$AAAA", "",
        "plain", "$argon2id$v=19$m=64,t=1,p=1$", "$argon2id$v=19$m=99999999999,t=1,p=1$a$b"}) {
    const auto result = verify_password("password", phc);
    ASSERT_FALSE(result) << phc;
    EXPECT_EQ(result.error().code, Errc::store_damaged);
  }
}

// Well-formed in everything but the cost, so that nothing but the bound can refuse them.
TEST(PasswordHash, R74AWellFormedHashBeyondTheBoundIsDamagedAndNotRun) {
  const std::string_view tail =
      "$c29tZXNhbHRzb21lc2FsdA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";
  for (const std::string_view cost : {"m=64,t=65,p=1", "m=520,t=1,p=65", "m=1048577,t=1,p=1"}) {
    const std::string phc = std::string("$argon2id$v=19$").append(cost).append(tail);
    const auto result = verify_password("password", phc);
    ASSERT_FALSE(result) << phc;
    EXPECT_EQ(result.error().code, Errc::store_damaged);
    EXPECT_NE(result.error().detail.find("within limits"), std::string::npos) << phc;
  }
  for (const std::string_view cost : {"m=64,t=1,p=1", "m=64,t=64,p=1", "m=512,t=1,p=64"}) {
    const auto bearable =
        verify_password("password", std::string("$argon2id$v=19$").append(cost).append(tail));
    ASSERT_TRUE(bearable) << bearable.error().detail;
    EXPECT_EQ(*bearable, PasswordMatch::mismatch) << cost;
  }
}

TEST(PasswordHash, R73OtherParametersAreRehashed) {
  const std::string phc = *hash_password("password", kCheap, system_entropy());
  EXPECT_FALSE(needs_rehash(phc, kCheap));
  EXPECT_TRUE(needs_rehash(phc, {128, 1, 1}));
  EXPECT_TRUE(needs_rehash(phc, {64, 2, 1}));
  EXPECT_TRUE(needs_rehash("plain", kCheap));
}

TEST(PasswordHash, R90MissingCostMakesUpForCheaperParameters) {
  const auto phc = [](const Argon2Cost& cost) {
    return *hash_password("a password", cost, system_entropy());
  };
  const Argon2Cost now{64, 3, 1};
  EXPECT_FALSE(missing_cost(phc(now), now));
  EXPECT_FALSE(missing_cost(phc({96, 3, 1}), now)) << "more than now";
  EXPECT_EQ(missing_cost(phc({64, 1, 1}), now), (Argon2Cost{64, 2, 1}));
  EXPECT_EQ(missing_cost(phc({32, 2, 1}), now), (Argon2Cost{64, 2, 1}));
  EXPECT_EQ(missing_cost(phc({63, 3, 1}), now), (Argon2Cost{8, 1, 1})) << "never less than runs";
  EXPECT_EQ(missing_cost(phc({16, 1, 2}), {128, 1, 2}), (Argon2Cost{112, 1, 2}));
  EXPECT_FALSE(missing_cost("$2b$10$x", now)) << "of another kind";
}

}  // namespace
}  // namespace latchkey::crypto
