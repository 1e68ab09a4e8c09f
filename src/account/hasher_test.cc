#include "account/hasher.h"

#include <gtest/gtest.h>

#include "crypto/stored_hash.h"

namespace latchkey::account {
namespace {

using crypto::PasswordMatch;

constexpr PasswordCost kCost{64, 1, 1};
constexpr std::string_view kPassword = "correct horse battery staple";
constexpr std::string_view kOther = "another long enough password";
// bcryptjs 3.0.3
constexpr std::string_view kBcrypt = "$2b$04$yT3f1tfRJX.Vmo9p67htteYZOPjF2QQVyqhbWpYD.Xu4sP4bTBc4S";

PasswordMatch verify(Hasher& hasher, std::string_view password, std::string_view hash,
                     bool usable = true) {
  const auto match = hasher.verify(password, hash, usable);
  EXPECT_TRUE(match);
  return match ? *match : PasswordMatch::mismatch;
}

std::shared_ptr<const Peppers> peppers(std::initializer_list<std::string_view> texts) {
  std::vector<SecretBytes> secrets;
  for (const std::string_view text : texts) secrets.emplace_back(text);
  auto made = Peppers::make(std::move(secrets));
  EXPECT_TRUE(made);
  return made ? *made : nullptr;
}

constexpr std::string_view kPepper = "x7Gk2pQv9LsT4mZb8RwYc3NdHf6JaE1u";
constexpr std::string_view kNewPepper = "M3nVt8XqB5rKz2WsC9dLp7GfJ4hYe6Ta";

TEST(Hasher, R73AForeignHashIsCheckedAndOurOwnIsMadeInstead) {
  Hasher hasher(kCost);
  EXPECT_EQ(verify(hasher, kPassword, kBcrypt), PasswordMatch::match);
  EXPECT_EQ(verify(hasher, kOther, kBcrypt), PasswordMatch::mismatch);
  EXPECT_TRUE(hasher.needs_rehash(kBcrypt));
  const std::string ours = *hasher.hash(kPassword);
  EXPECT_TRUE(ours.starts_with("$argon2id$v=19$m=64,t=1,p=1$"));
  EXPECT_FALSE(hasher.needs_rehash(ours));
  EXPECT_EQ(verify(hasher, kPassword, ours), PasswordMatch::match);
}

TEST(Hasher, R74WhatIsNoHashIsAFailureAndNoMismatch) {
  Hasher hasher(kCost);
  const auto plain = hasher.verify(kPassword, "plain", true);
  ASSERT_FALSE(plain);
  EXPECT_EQ(plain.error().code, Errc::store_damaged);
}

TEST(Hasher, R90ARefusalTakesTheWorkOfTheDearestHashSeen) {
  Hasher hasher(kCost);
  const std::string ours = *hasher.hash(kPassword);
  const auto work = [&](std::string_view password, std::string_view hash, bool usable = true) {
    const std::uint64_t before = crypto::argon2_work();
    verify(hasher, password, hash, usable);
    return crypto::argon2_work() - before;
  };
  EXPECT_EQ(work(kOther, ours), 64U);
  EXPECT_EQ(work(kPassword, ours), 64U);
  const std::string dear = *Hasher({256, 3, 1}).hash(kPassword);
  EXPECT_EQ(work(kPassword, dear), 256U * 3);
  EXPECT_NEAR(double(work(kOther, ours)), 256 * 3, 8) << "as one with the dear hash";
  EXPECT_EQ(work(kPassword, ours), 64U) << "a log-in is no refusal";
  EXPECT_NEAR(double(work(kPassword, ours, false)), 256 * 3, 8) << "but of one who is disabled";
}

TEST(Hasher, R90ACheapForeignHashIsMadeUpForWithOurs) {
  Hasher hasher({4096, 8, 1});
  ASSERT_TRUE(hasher.hash(kPassword));
  verify(hasher, kPassword, kBcrypt);
  const std::uint64_t before = crypto::argon2_work();
  EXPECT_EQ(verify(hasher, kOther, kBcrypt), PasswordMatch::mismatch);
  const std::uint64_t rest = crypto::argon2_work() - before;
  EXPECT_GT(rest, 0U);
  EXPECT_LT(rest, 4096U * 8) << "what bcrypt took is not asked for again";
}

// Letters that NFKC changes: a foreign hash is of what was typed, ours of the normal form.
TEST(Hasher, R69WhatWasTypedIsTriedToo) {
  const std::string typed = "\xef\xac\x81ve Angstr\xc3\xb6m\xc2\xb2 staple";
  Hasher hasher(kCost);
  const std::string as_typed = *crypto::hash_password(typed, {64, 1, 1}, system_entropy());
  const std::string ours = *hasher.hash(typed);
  EXPECT_EQ(verify(hasher, typed, as_typed), PasswordMatch::match);
  EXPECT_EQ(verify(hasher, typed, ours), PasswordMatch::match);
  const auto work = [&](const std::string& hash) {
    const std::uint64_t before = crypto::argon2_work();
    EXPECT_EQ(verify(hasher, typed + "x", hash), PasswordMatch::mismatch);
    return crypto::argon2_work() - before;
  };
  EXPECT_EQ(work(as_typed), work(ours));
  EXPECT_EQ(work(ours), 2U * 64);
}

TEST(Hasher, R77WithoutItsPepperAHashCannotBeChecked) {
  Hasher with(kCost, peppers({kPepper}));
  const std::string hash = *with.hash(kPassword);
  EXPECT_NE(hash.find(",p=1,keyid=" + peppers({kPepper})->current_id() + "$"), std::string::npos);
  EXPECT_EQ(verify(with, kPassword, hash), PasswordMatch::match);
  EXPECT_EQ(verify(with, kOther, hash), PasswordMatch::mismatch);
  Hasher without(kCost), other(kCost, peppers({kNewPepper}));
  for (Hasher* hasher : {&without, &other}) {
    const auto match = hasher->verify(kPassword, hash, true);
    ASSERT_FALSE(match);
    EXPECT_EQ(match.error().code, Errc::bad_config);
  }
  std::string stripped = hash;
  stripped.erase(stripped.find(",keyid="), 15);
  EXPECT_EQ(verify(without, kPassword, stripped), PasswordMatch::mismatch);
}

TEST(Hasher, R77AFormerPepperStillChecksAndIsReplaced) {
  const std::string old = *Hasher(kCost, peppers({kPepper})).hash(kPassword);
  const std::string plain = *Hasher(kCost).hash(kPassword);
  Hasher now(kCost, peppers({kNewPepper, kPepper}));
  for (const std::string& hash : {old, plain, std::string(kBcrypt)}) {
    EXPECT_EQ(verify(now, kPassword, hash), PasswordMatch::match);
    EXPECT_EQ(verify(now, kOther, hash), PasswordMatch::mismatch);
    EXPECT_TRUE(now.needs_rehash(hash));
  }
  EXPECT_FALSE(now.needs_rehash(*now.hash(kPassword)));
}

}  // namespace
}  // namespace latchkey::account
