#include "crypto/password_hash.h"

#include <gtest/gtest.h>

#include "crypto/stored_hash.h"

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
        "$argon2id$v=19$m=64,t=1,p=65$c2$AA", "$argon2x$v=19$m=64,t=1,p=1$c29tZXNhbHQ$AAAA", "",
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
  const auto rehashed = [](const std::string& hash, const Argon2Cost& cost,
                           std::string_view pepper = {}) {
    const auto stored = StoredHash::read(hash);
    EXPECT_TRUE(stored) << hash;
    return stored && needs_rehash(*stored, cost, pepper);
  };
  const std::string phc = *hash_password("password", kCheap, system_entropy());
  EXPECT_FALSE(rehashed(phc, kCheap));
  EXPECT_TRUE(rehashed(phc, {128, 1, 1}));
  EXPECT_TRUE(rehashed(phc, {64, 2, 1}));
  EXPECT_TRUE(rehashed(phc, kCheap, "abcdefgh")) << "now with a pepper";
  std::string peppered = phc;
  peppered.insert(peppered.find("p=1") + 3, ",keyid=abcdefgh");
  EXPECT_FALSE(rehashed(peppered, kCheap, "abcdefgh"));
  EXPECT_TRUE(rehashed(peppered, kCheap, "ijklmnop")) << "a former pepper";
  EXPECT_TRUE(rehashed(peppered, kCheap)) << "no longer with a pepper";
  std::string other = phc;
  EXPECT_TRUE(rehashed(other.replace(other.find("id"), 2, "i"), kCheap));
  other = phc;
  EXPECT_TRUE(rehashed(other.replace(other.find("v=19"), 4, "v=16"), kCheap));
}

TEST(PasswordHash, R90WorkIsDoneWithTheMemoryOfOneHash) {
  const Argon2Cost cost{64, 3, 1};
  EXPECT_EQ(cost_of_work(192, cost), cost);
  EXPECT_EQ(cost_of_work(128, cost), (Argon2Cost{64, 2, 1}));
  EXPECT_EQ(cost_of_work(160, cost), (Argon2Cost{53, 3, 1}));
  EXPECT_EQ(cost_of_work(3, cost), (Argon2Cost{8, 1, 1})) << "never less than runs";
  EXPECT_EQ(cost_of_work(112, {128, 1, 2}), (Argon2Cost{112, 1, 2}));
  EXPECT_EQ(cost_of_work(6400, cost), (Argon2Cost{64, 100, 1})) << "never more memory";
}

}  // namespace
}  // namespace latchkey::crypto
